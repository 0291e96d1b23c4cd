-- The platform's own tables, as far as signing in needs them.
-- Global tables are addressed by id or hash and reached only through the platform's repositories.
-- Tenant tables carry row-level security, which binds their owner too.

create table plinth.tenants (
  id         uuid primary key,
  slug       text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name       text not null check (length(name) between 1 and 200),
  kind       text not null check (kind in ('personal', 'organisation')),
  status     text not null default 'active' check (status in ('active', 'suspended')),
  created_at timestamptz(3) not null default now()
);

create table plinth.people (
  id             uuid primary key,
  name           text not null,
  email          text,
  email_verified boolean not null default false,
  given_name     text,
  family_name    text,
  status         text not null default 'active' check (status in ('active', 'disabled')),
  version        integer not null default 1,
  created_at     timestamptz(3) not null default now(),
  updated_at     timestamptz(3) not null default now()
);
-- Not unique: an address alone never makes two sign-ins one person.
create index people_email on plinth.people (lower(email));

create table plinth.identities (
  id              uuid primary key,
  person_id       uuid not null references plinth.people (id) on delete cascade,
  issuer          text not null,
  subject         text not null,
  provider        text not null,
  email           text,
  email_verified  boolean not null default false,
  last_sign_in_at timestamptz(3),
  created_at      timestamptz(3) not null default now(),
  unique (issuer, subject)
);
create index identities_person on plinth.identities (person_id);

create table plinth.known_devices (
  person_id     uuid not null references plinth.people (id) on delete cascade,
  device_hash   bytea not null,
  first_seen_at timestamptz(3) not null default now(),
  primary key (person_id, device_hash)
);

-- A dump of this table opens no session: tokens are kept as hashes or sealed.
create table plinth.sessions (
  id                   uuid primary key,
  id_hash              bytea not null unique,
  person_id            uuid not null references plinth.people (id) on delete cascade,
  tenant_id            uuid references plinth.tenants (id) on delete set null,
  identity_id          uuid references plinth.identities (id) on delete set null,
  provider             text not null,
  fingerprint          bytea not null,
  user_agent           text,
  client_address       text,
  created_at           timestamptz(3) not null default now(),
  authenticated_at     timestamptz(3) not null,
  last_seen_at         timestamptz(3) not null,
  rotated_at           timestamptz(3),
  expires_at           timestamptz(3) not null,
  absolute_expires_at  timestamptz(3) not null,
  revoked_at           timestamptz(3),
  revoke_reason        text,
  successor_id         uuid,
  successor_sealed     bytea,
  id_token_sealed      bytea,
  refresh_token_sealed bytea
);
create index sessions_person on plinth.sessions (person_id);
create index sessions_expiry on plinth.sessions (absolute_expires_at);

create table plinth.pending_logins (
  id            uuid primary key,
  state_hash    bytea not null unique,
  cookie_hash   bytea not null,
  provider      text not null,
  nonce         text not null,
  code_verifier text not null,
  redirect_uri  text not null,
  return_to     text not null,
  fingerprint   bytea not null,
  created_at    timestamptz(3) not null default now(),
  expires_at    timestamptz(3) not null,
  consumed_at   timestamptz(3)
);
create index pending_logins_expiry on plinth.pending_logins (expires_at);

create table plinth.memberships (
  tenant_id   uuid not null references plinth.tenants (id) on delete cascade,
  person_id   uuid not null references plinth.people (id) on delete cascade,
  role        text not null check (role in ('owner', 'admin', 'member', 'custom')),
  permissions text[] not null default '{}',
  created_at  timestamptz(3) not null default now(),
  primary key (tenant_id, person_id)
);
create index memberships_person on plinth.memberships (person_id);

-- Platform events carry the nil UUID as their tenant: a null could not use the index.
create table plinth.audit_events (
  id             uuid not null,
  tenant_id      uuid not null,
  occurred_at    timestamptz(3) not null default now(),
  actor_kind     text not null check (actor_kind in ('person', 'anonymous', 'system')),
  actor_id       uuid,
  action         text not null,
  target_type    text,
  target_id      text,
  outcome        text not null check (outcome in ('success', 'denied', 'failed')),
  reason         text,
  client_address text,
  request_id     text,
  data           jsonb not null default '{}',
  primary key (tenant_id, id)
);
create index audit_events_time on plinth.audit_events (tenant_id, occurred_at desc, id);

-- NULLIF: after a transaction that set it, the setting reads '' and not NULL.
alter table plinth.memberships enable row level security;
alter table plinth.memberships force row level security;
create policy tenant on plinth.memberships
  using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid);
-- A person sees in which tenants they are, before one is chosen.
create policy own_person on plinth.memberships for select
  using (person_id = nullif(current_setting('plinth.person_id', true), '')::uuid);

alter table plinth.audit_events enable row level security;
alter table plinth.audit_events force row level security;
create policy tenant on plinth.audit_events
  using (tenant_id = coalesce(nullif(current_setting('plinth.tenant_id', true), '')::uuid,
                              '00000000-0000-0000-0000-000000000000'))
  with check (tenant_id = coalesce(nullif(current_setting('plinth.tenant_id', true), '')::uuid,
                                   '00000000-0000-0000-0000-000000000000'));

grant select, insert, update, delete
  on plinth.tenants, plinth.people, plinth.identities, plinth.known_devices, plinth.sessions,
     plinth.pending_logins, plinth.memberships
  to plinth_app;
-- What was written in the audit log stays written.
grant select, insert on plinth.audit_events to plinth_app;
-- No credentials for people who only read: neither sessions nor pending logins.
grant select
  on plinth.tenants, plinth.people, plinth.identities, plinth.memberships, plinth.audit_events
  to plinth_readonly;

-- What later migrations of this owner make in the service's schema.
alter default privileges in schema app
  grant select, insert, update, delete on tables to plinth_app;
alter default privileges in schema app grant select on tables to plinth_readonly;
alter default privileges in schema app grant usage on sequences to plinth_app;
alter default privileges revoke execute on functions from public;
