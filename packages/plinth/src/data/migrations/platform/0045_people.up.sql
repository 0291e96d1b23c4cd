-- What the service keeps of a person beside how they sign in. `disabled` may not enter, `archived` is
-- disabled and put away, `erased` is a tombstone: it keeps the id, so that what the audit log says of it
-- still means one person, and nothing else.
alter table plinth.people
  drop constraint people_status_check,
  add constraint people_status_check check (status in ('active', 'disabled', 'archived', 'erased')),
  add column avatar_url text,
  add column bio text,
  add column phone text,
  add column date_of_birth date,
  add column gender text
    constraint people_gender_check
    check (gender in ('unknown', 'female', 'male', 'non_binary', 'other')),
  add column preferred_contact_method text
    constraint people_preferred_contact_method_check
    check (preferred_contact_method in ('email', 'phone', 'sms', 'push')),
  add column locale text,
  add column timezone text,
  add column address_line1 text,
  add column address_line2 text,
  add column city text,
  add column region text,
  add column postal_code text,
  add column country_code text
    constraint people_country_code_check check (country_code ~ '^[A-Z]{2}$'),
  add column marketing_opt_in boolean not null default false,
  -- Of the platform's administrators; what a tenant notes of its member is at the membership.
  add column notes text,
  add column metadata jsonb not null default '{}',
  add column erased_at timestamptz(3);

-- The safety net below every way to deactivate somebody, SQL by hand too.
create function plinth.end_sessions_of_inactive() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  update plinth.sessions
     set revoked_at = now(), revoke_reason = 'person_disabled', successor_sealed = null,
         id_token_sealed = null, refresh_token_sealed = null
   where person_id = new.id and revoked_at is null;
  update plinth.one_time_tokens set expires_at = least(expires_at, now())
   where person_id = new.id and consumed_at is null;
  return null;
end
$$;
create trigger end_sessions after update of status on plinth.people
  for each row when (new.status <> 'active' and old.status = 'active')
  execute function plinth.end_sessions_of_inactive();

-- What a tenant keeps of its member. Until an invitation is accepted its person is nobody yet: the
-- address is only what somebody typed, and is not that person's. Neither they nor a member who was
-- deactivated hold anything, and no owner is one of them: the last owner can sign in.
alter table plinth.memberships
  add column status text not null default 'active'
    constraint memberships_status_check check (status in ('active', 'inactive', 'archived')),
  add column invited_email text,
  add column notes text,
  add column metadata jsonb not null default '{}',
  add constraint memberships_owner_works
    check (role <> 'owner' or (status = 'active' and invited_email is null));
create unique index memberships_invited_email on plinth.memberships (tenant_id, lower(invited_email))
  where invited_email is not null;

create or replace function plinth.hold_grants() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  new.grants := case
    when new.status <> 'active' or new.invited_email is not null then array[]::text[]
    else case when new.role in ('owner', 'admin') then array['*'] else array[]::text[] end
         || new.permissions || new.role_permissions
  end;
  return new;
end
$$;

-- Who was asked into a tenant, by whom, and what became of it. The token is in one_time_tokens.
create table plinth.invitations (
  id          uuid not null,
  tenant_id   uuid not null references plinth.tenants (id) on delete cascade,
  person_id   uuid references plinth.people (id) on delete set null,
  email       text not null,
  role        text not null,
  invited_by  uuid references plinth.people (id) on delete set null,
  created_at  timestamptz(3) not null default now(),
  sent_at     timestamptz(3) not null default now(),
  expires_at  timestamptz(3) not null,
  accepted_at timestamptz(3),
  revoked_at  timestamptz(3),
  primary key (tenant_id, id),
  constraint invitations_once check (accepted_at is null or revoked_at is null)
);
create index invitations_person on plinth.invitations (person_id);
create index invitations_invited_by on plinth.invitations (invited_by);
alter table plinth.invitations enable row level security;
alter table plinth.invitations force row level security;
create policy tenant on plinth.invitations
  using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid);

-- Which person came from which row of another system: an import that runs again finds them.
create table plinth.imported_people (
  source      text not null,
  external_id text not null,
  person_id   uuid not null references plinth.people (id) on delete cascade,
  imported_at timestamptz(3) not null default now(),
  primary key (source, external_id)
);
create index imported_people_person on plinth.imported_people (person_id);

-- The audit log stays as it was written, but for the address of a person who was erased: an address
-- is personal, and their id means nobody any more.
create function plinth.keep_audit() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  if to_jsonb(new) - 'client_address' is distinct from to_jsonb(old) - 'client_address'
     or new.client_address is not null
     or not exists (select from plinth.people where id = old.actor_id and status = 'erased') then
    raise exception 'what was written in the audit log stays written'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
create trigger keep before update on plinth.audit_events
  for each row execute function plinth.keep_audit();
grant update (client_address) on plinth.audit_events to plinth_app;
create index audit_events_actor on plinth.audit_events (tenant_id, actor_id)
  where client_address is not null;

grant select, insert, update, delete on plinth.invitations, plinth.imported_people to plinth_app;
grant select on plinth.invitations to plinth_readonly;
