-- What the provider said of the sign-in itself: how strong it was, and its own name for it.
alter table plinth.sessions add column acr text;
alter table plinth.sessions add column provider_session_id text;
create index sessions_provider_session on plinth.sessions (provider, provider_session_id)
  where provider_session_id is not null;
create index sessions_identity on plinth.sessions (identity_id);

-- Counts the changes of what a member may do. A session keeps the count that it began with: when the
-- two differ its rights have changed, and so must its id.
alter table plinth.memberships add column version integer not null default 1;
alter table plinth.sessions add column membership_version integer;

create function plinth.count_membership_change() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  new.version := old.version + 1;
  return new;
end
$$;
create trigger count_change before update of role, permissions on plinth.memberships
  for each row when ((old.role, old.permissions) is distinct from (new.role, new.permissions))
  execute function plinth.count_membership_change();

-- Processes keep sessions in memory and listen on this channel. The database itself tells them what
-- is no longer true, with the commit, so that no way of writing can forget it. The payload is the
-- subject (`person` or `tenant`) and its id: equal ones of a transaction are sent once.
create function plinth.tell_sessions() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  perform pg_notify('plinth_sessions',
                    tg_argv[0] || ' ' || (to_jsonb(case tg_op when 'DELETE' then old else new end)
                                          ->> tg_argv[1]));
  return null;
end
$$;

-- Uses and reports of a session are not told: they take nothing away.
create trigger tell_changed after update on plinth.sessions
  for each row
  when ((old.revoked_at, old.rotated_at, old.person_id, old.tenant_id, old.fingerprint,
         old.authenticated_at, old.acr, old.absolute_expires_at, old.membership_version)
        is distinct from
        (new.revoked_at, new.rotated_at, new.person_id, new.tenant_id, new.fingerprint,
         new.authenticated_at, new.acr, new.absolute_expires_at, new.membership_version)
        or new.expires_at < old.expires_at)
  execute function plinth.tell_sessions('person', 'person_id');
create trigger tell_deleted after delete on plinth.sessions
  for each row when (old.revoked_at is null and old.rotated_at is null)
  execute function plinth.tell_sessions('person', 'person_id');
create trigger tell_changed after update on plinth.people
  for each row
  when ((old.status, old.name, old.email, old.given_name, old.family_name)
        is distinct from (new.status, new.name, new.email, new.given_name, new.family_name))
  execute function plinth.tell_sessions('person', 'id');
create trigger tell_joined after insert on plinth.memberships
  for each row execute function plinth.tell_sessions('person', 'person_id');
create trigger tell_changed after update on plinth.memberships
  for each row when (old is distinct from new)
  execute function plinth.tell_sessions('person', 'person_id');
create trigger tell_left after delete on plinth.memberships
  for each row execute function plinth.tell_sessions('person', 'person_id');
create trigger tell_changed after update on plinth.tenants
  for each row
  when ((old.status, old.slug, old.name) is distinct from (new.status, new.slug, new.name))
  execute function plinth.tell_sessions('tenant', 'id');
