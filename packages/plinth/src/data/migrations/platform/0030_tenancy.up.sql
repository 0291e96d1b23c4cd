-- `service` is the one tenant of a service whose people share everything. `deleted` is a tombstone: it
-- keeps the id of a tenant that is gone, so that the id never returns.
alter table plinth.tenants
  drop constraint tenants_kind_check,
  add constraint tenants_kind_check check (kind in ('personal', 'organisation', 'service')),
  drop constraint tenants_status_check,
  add constraint tenants_status_check check (status in ('active', 'suspended', 'deleted')),
  add column deleted_at timestamptz(3),
  -- No short name reads as somebody's id, nor as an encoded label (RFC 5891 4.2.3.1).
  add constraint tenants_slug_plain
    check (slug !~ '^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$' and slug !~ '^..--');
revoke delete on plinth.tenants from plinth_app;

-- What each tenant has set for itself, by the schema that the service declares.
create table plinth.tenant_settings (
  tenant_id  uuid primary key references plinth.tenants (id) on delete cascade,
  value      jsonb not null default '{}',
  version    integer not null default 1,
  updated_at timestamptz(3) not null default now()
);
alter table plinth.tenant_settings enable row level security;
alter table plinth.tenant_settings force row level security;
create policy tenant on plinth.tenant_settings
  using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid);
create trigger touch before update on plinth.tenant_settings
  for each row execute function plinth.touch_row();

-- Who looks after the platform itself. The role that runs the service reads it and cannot write it:
-- no flaw in a handler makes anybody an administrator of all tenants.
create table plinth.platform_roles (
  person_id   uuid primary key references plinth.people (id) on delete cascade,
  permissions text[] not null check (cardinality(permissions) > 0),
  granted_at  timestamptz(3) not null default now()
);

-- An id that somebody learned before is not worth what it would be worth now: whoever gains or loses
-- such a role signs in anew.
create function plinth.end_sessions_of_person() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  update plinth.sessions
     set revoked_at = now(), revoke_reason = 'platform_role', successor_sealed = null,
         id_token_sealed = null, refresh_token_sealed = null
   where person_id = (case tg_op when 'DELETE' then old.person_id else new.person_id end)
     and revoked_at is null;
  return null;
end
$$;
create trigger sign_in_anew after insert or update or delete on plinth.platform_roles
  for each row execute function plinth.end_sessions_of_person();

grant select, insert, update, delete on plinth.tenant_settings to plinth_app;
grant select on plinth.platform_roles to plinth_app;
grant select on plinth.tenant_settings, plinth.platform_roles to plinth_readonly;
