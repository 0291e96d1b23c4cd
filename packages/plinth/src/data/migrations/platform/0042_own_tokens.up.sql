-- Keys that sign our own tokens. What signs is sealed with a key derived from the service's secret; what
-- verifies is published. A key verifies longer than it signs, until the last token it signed is over.
create table plinth.signing_keys (
  id             uuid primary key,
  algorithm      text not null constraint signing_keys_algorithm_check
                   check (algorithm in ('EdDSA', 'ES256', 'HS256')),
  public_jwk     jsonb,
  private_sealed bytea not null,
  created_at     timestamptz(3) not null default now(),
  signs_from     timestamptz(3) not null,
  verifies_until timestamptz(3),
  constraint signing_keys_public_check check ((algorithm = 'HS256') = (public_jwk is null))
);
grant select, insert, update, delete on plinth.signing_keys to plinth_app;

-- Every refresh token that a sign-in ever had, until the sign-in itself is over: whoever brings an old
-- one back is known for it, however many came after.
create table plinth.refresh_tokens (
  id               uuid primary key,
  token_hash       bytea not null unique,
  session_id       uuid not null references plinth.sessions (id) on delete cascade,
  generation       integer not null,
  created_at       timestamptz(3) not null default now(),
  expires_at       timestamptz(3) not null,
  used_at          timestamptz(3),
  successor_sealed bytea,
  unique (session_id, generation)
);
create index refresh_tokens_grace on plinth.refresh_tokens (used_at) where successor_sealed is not null;
grant select, insert, update, delete on plinth.refresh_tokens to plinth_app;

-- Machines that ask for tokens in the name of a service account.
create table plinth.oauth_clients (
  id             uuid primary key,
  name           text not null,
  tenant_id      uuid not null references plinth.tenants (id) on delete cascade,
  person_id      uuid not null references plinth.people (id) on delete cascade,
  authentication text not null constraint oauth_clients_authentication_check
                   check (authentication in ('client_secret', 'private_key_jwt')),
  public_jwks    jsonb,
  scopes         text[] not null,
  created_at     timestamptz(3) not null default now(),
  created_by     uuid references plinth.people (id) on delete set null,
  last_used_at   timestamptz(3),
  revoked_at     timestamptz(3),
  constraint oauth_clients_keys_check
    check ((authentication = 'private_key_jwt') = (public_jwks is not null))
);
create index oauth_clients_tenant on plinth.oauth_clients (tenant_id, id);
create index oauth_clients_person on plinth.oauth_clients (person_id);
grant select, insert, update, delete on plinth.oauth_clients to plinth_app;

-- More than one at a time, so that a secret can be changed without a moment in which none works.
create table plinth.oauth_client_secrets (
  id          uuid primary key,
  client_id   uuid not null references plinth.oauth_clients (id) on delete cascade,
  secret_hash bytea not null unique,
  created_at  timestamptz(3) not null default now(),
  expires_at  timestamptz(3)
);
create index oauth_client_secrets_client on plinth.oauth_client_secrets (client_id);
grant select, insert, update, delete on plinth.oauth_client_secrets to plinth_app;

-- What a client was given: the row decides whether its token is still good.
create table plinth.oauth_tokens (
  id         uuid primary key,
  client_id  uuid not null references plinth.oauth_clients (id) on delete cascade,
  person_id  uuid not null references plinth.people (id) on delete cascade,
  scopes     text[] not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3)
);
create index oauth_tokens_client on plinth.oauth_tokens (client_id);
create index oauth_tokens_person on plinth.oauth_tokens (person_id);
create index oauth_tokens_expiry on plinth.oauth_tokens (expires_at);
grant select, insert, update, delete on plinth.oauth_tokens to plinth_app;

-- Assertions that clients proved themselves with: each is good once (RFC 7523 3).
create table plinth.client_assertions (
  token_hash  bytea primary key,
  expires_at  timestamptz(3) not null,
  consumed_at timestamptz(3)
);
create index client_assertions_expiry on plinth.client_assertions (expires_at);
grant select, insert, update, delete on plinth.client_assertions to plinth_app;

-- Processes keep what they verified in memory; see migration 0021.
create trigger tell_changed after update or delete on plinth.signing_keys
  for each row execute function plinth.tell_sessions('signing-key', 'id');
create trigger tell_changed after update on plinth.oauth_clients
  for each row when ((old.scopes, old.revoked_at) is distinct from (new.scopes, new.revoked_at))
  execute function plinth.tell_sessions('person', 'person_id');
create trigger tell_deleted after delete on plinth.oauth_clients
  for each row execute function plinth.tell_sessions('person', 'person_id');
create trigger tell_changed after update on plinth.oauth_tokens
  for each row when (old.revoked_at is distinct from new.revoked_at)
  execute function plinth.tell_sessions('person', 'person_id');
