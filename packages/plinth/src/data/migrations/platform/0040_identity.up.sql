-- Somebody who acts and never signs in, a service account, is a person of its own kind: what may own,
-- belong, hold roles and be audited is one thing.
alter table plinth.people add column kind text not null default 'human'
  constraint people_kind_check check (kind in ('human', 'service'));

-- A session is a browser's, behind a cookie, or that of a client with tokens: then its id hash is that
-- of a token which nobody holds. `amr` says how the person proved who they are (RFC 8176).
alter table plinth.sessions
  add column kind text not null default 'browser'
    constraint sessions_kind_check check (kind in ('browser', 'token')),
  add column amr text[] not null default '{}';

-- All that a member may do, in one column, whatever it comes from: what is given to them directly, what
-- their roles give, and everything for owners and administrators.
alter table plinth.memberships
  add column role_permissions text[] not null default '{}',
  add column grants text[] not null default '{}';

create function plinth.hold_grants() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  new.grants := case when new.role in ('owner', 'admin') then array['*'] else array[]::text[] end
                || new.permissions || new.role_permissions;
  return new;
end
$$;

create trigger hold_grants before insert or update on plinth.memberships
  for each row execute function plinth.hold_grants();

-- Row-level security binds the owner too, and this must reach the memberships of every tenant.
alter table plinth.memberships no force row level security;
alter table plinth.memberships disable trigger count_change;
alter table plinth.memberships disable trigger tell_changed;
update plinth.memberships set role = role;
alter table plinth.memberships enable trigger count_change;
alter table plinth.memberships enable trigger tell_changed;
alter table plinth.memberships force row level security;

drop trigger count_change on plinth.memberships;
create trigger count_change before update of role, permissions, role_permissions on plinth.memberships
  for each row when ((old.role, old.permissions, old.role_permissions)
                     is distinct from (new.role, new.permissions, new.role_permissions))
  execute function plinth.count_membership_change();

-- With which credential somebody acted: its kind and its id, never the credential.
alter table plinth.audit_events
  add column credential_kind text,
  add column credential_id text;

-- What is sent to somebody, or kept by a browser, to be brought back once. The purpose is part of the
-- hash and of the key: a token of one purpose is worth nothing at another.
create table plinth.one_time_tokens (
  id          uuid primary key,
  token_hash  bytea not null unique,
  purpose     text not null,
  person_id   uuid references plinth.people (id) on delete cascade,
  data        jsonb not null default '{}',
  created_at  timestamptz(3) not null default now(),
  expires_at  timestamptz(3) not null,
  consumed_at timestamptz(3)
);
create index one_time_tokens_person on plinth.one_time_tokens (person_id, purpose);
create index one_time_tokens_expiry on plinth.one_time_tokens (expires_at);
grant select, insert, update, delete on plinth.one_time_tokens to plinth_app;
