-- Keys of machines and of people's scripts. Of the key itself only its SHA-256 is kept: 256 random bits
-- need no slow hash, and a dump of this table opens nothing. A key is found by that hash, so the table is
-- global; every key belongs to one tenant and acts as one person of it, who may be a service account.
create table plinth.api_keys (
  id              uuid primary key,
  key_hash        bytea not null unique,
  prefix          text not null,
  type            text not null check (type in ('service', 'user', 'admin', 'readonly')),
  test            boolean not null default false,
  tenant_id       uuid not null references plinth.tenants (id) on delete cascade,
  owner_id        uuid not null references plinth.people (id) on delete cascade,
  created_by      uuid references plinth.people (id) on delete set null,
  -- The key that made this one: it ends with it.
  parent_id       uuid references plinth.api_keys (id) on delete set null,
  -- The first of a chain of rotations. What is counted is counted for the whole chain.
  family_id       uuid not null,
  name            text not null,
  scopes          text[] not null default '{}',
  -- Addresses and networks it may come from; null for any.
  allowed_ips     text[],
  -- Requests a minute; null for as many as everybody.
  rate_limit      integer,
  metadata        jsonb not null default '{}',
  version         integer not null default 1,
  created_at      timestamptz(3) not null default now(),
  updated_at      timestamptz(3) not null default now(),
  expires_at      timestamptz(3),
  rotated_at      timestamptz(3),
  successor_id    uuid,
  revoked_at      timestamptz(3),
  last_used_at    timestamptz(3),
  known_addresses text[] not null default '{}',
  constraint api_keys_hash_size check (octet_length(key_hash) = 32),
  constraint api_keys_limit_positive check (rate_limit > 0)
);
create index api_keys_owner on plinth.api_keys (owner_id, tenant_id);
create index api_keys_tenant on plinth.api_keys (tenant_id, id);
create index api_keys_parent on plinth.api_keys (parent_id) where parent_id is not null;
grant select, insert, update, delete on plinth.api_keys to plinth_app;

create trigger touch
  before update of name, scopes, allowed_ips, rate_limit, metadata, expires_at, rotated_at, revoked_at
  on plinth.api_keys
  for each row execute function plinth.touch_row();

-- Processes keep keys in memory; the news go with the commit. Uses take nothing away and are not told.
create trigger tell_changed after update on plinth.api_keys
  for each row
  when ((old.key_hash, old.type, old.test, old.tenant_id, old.owner_id, old.scopes, old.allowed_ips,
         old.rate_limit, old.metadata, old.expires_at, old.revoked_at)
        is distinct from
        (new.key_hash, new.type, new.test, new.tenant_id, new.owner_id, new.scopes, new.allowed_ips,
         new.rate_limit, new.metadata, new.expires_at, new.revoked_at))
  execute function plinth.tell_sessions('key', 'id');
create trigger tell_deleted after delete on plinth.api_keys
  for each row execute function plinth.tell_sessions('key', 'id');

-- Whoever leaves a tenant leaves their keys behind, dead: coming back does not bring them back.
create function plinth.revoke_keys_of_member() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  update plinth.api_keys set revoked_at = now()
   where owner_id = old.person_id and tenant_id = old.tenant_id and revoked_at is null;
  return null;
end
$$;
create trigger revoke_keys after delete on plinth.memberships
  for each row execute function plinth.revoke_keys_of_member();
