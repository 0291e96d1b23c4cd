-- What was answered under which Idempotency-Key, written in the transaction of the change itself.
-- The key stands for tenant, person, method, address and the caller's own text, as one hash.
create table plinth.idempotency_keys (
  tenant_id    uuid not null references plinth.tenants (id) on delete cascade,
  key_hash     bytea not null,
  request_hash bytea not null,
  status       integer not null,
  headers      jsonb not null,
  body         text,
  expires_at   timestamptz(3) not null,
  primary key (tenant_id, key_hash)
);
create index idempotency_keys_expiry on plinth.idempotency_keys (tenant_id, expires_at);

alter table plinth.idempotency_keys enable row level security;
alter table plinth.idempotency_keys force row level security;
create policy tenant on plinth.idempotency_keys
  using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid);

-- Not to plinth_readonly: it holds whole answers.
grant select, insert, update, delete on plinth.idempotency_keys to plinth_app;
