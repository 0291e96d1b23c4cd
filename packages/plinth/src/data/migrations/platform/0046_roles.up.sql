-- Roles of a tenant: what they give, and who has them. What a member holds through roles is kept in
-- memberships.role_permissions, so that a request reads one row; the triggers below keep it true.

-- What a tenant adds to the permissions that the service declares, for its own programs to ask about.
create table plinth.permissions (
  tenant_id   uuid not null references plinth.tenants (id) on delete cascade,
  key         text not null constraint permissions_key_check
                check (key ~ '^[a-z][a-z0-9_-]{0,62}:[a-z][a-z0-9_-]{0,62}$' and key !~ '^platform:'),
  description text not null,
  is_active   boolean not null default true,
  version     integer not null default 1,
  created_at  timestamptz(3) not null default now(),
  updated_at  timestamptz(3) not null default now(),
  primary key (tenant_id, key)
);

create table plinth.roles (
  id          uuid not null,
  tenant_id   uuid not null references plinth.tenants (id) on delete cascade,
  name        text not null,
  description text not null default '',
  -- Seeded, and the same in every tenant.
  built_in    boolean not null default false,
  is_active   boolean not null default true,
  version     integer not null default 1,
  created_at  timestamptz(3) not null default now(),
  updated_at  timestamptz(3) not null default now(),
  primary key (tenant_id, id)
);
create unique index roles_name on plinth.roles (tenant_id, lower(name));

create table plinth.role_permissions (
  tenant_id  uuid not null references plinth.tenants (id) on delete cascade,
  role_id    uuid not null,
  -- A grant: area:action, area:* or *. Those of the platform are no tenant's to give.
  permission text not null constraint role_permissions_permission_check
    check (permission ~ '^(\*|[a-z][a-z0-9_-]{0,62}:(\*|[a-z][a-z0-9_-]{0,62}))$'
           and permission !~ '^platform:'),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, role_id, permission),
  foreign key (tenant_id, role_id) references plinth.roles (tenant_id, id) on delete cascade
);

create table plinth.member_roles (
  tenant_id  uuid not null references plinth.tenants (id) on delete cascade,
  person_id  uuid not null,
  role_id    uuid not null,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, person_id, role_id),
  foreign key (tenant_id, person_id)
    references plinth.memberships (tenant_id, person_id) on delete cascade,
  foreign key (tenant_id, role_id) references plinth.roles (tenant_id, id) on delete cascade
);
create index member_roles_role on plinth.member_roles (tenant_id, role_id);

alter table plinth.permissions enable row level security;
alter table plinth.permissions force row level security;
create policy tenant on plinth.permissions
  using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid);
alter table plinth.roles enable row level security;
alter table plinth.roles force row level security;
create policy tenant on plinth.roles
  using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid);
alter table plinth.role_permissions enable row level security;
alter table plinth.role_permissions force row level security;
create policy tenant on plinth.role_permissions
  using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid);
alter table plinth.member_roles enable row level security;
alter table plinth.member_roles force row level security;
create policy tenant on plinth.member_roles
  using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid);

create trigger touch before update on plinth.permissions
  for each row execute function plinth.touch_row();
create trigger touch before update on plinth.roles
  for each row execute function plinth.touch_row();

-- Writes anew what some members of a tenant hold through their roles.
create function plinth.refresh_role_permissions(of_tenant uuid, of_people uuid[]) returns void
language plpgsql
set search_path = pg_catalog
as $$
begin
  update plinth.memberships m
     set role_permissions = now_held.permissions
    from (select one.person_id,
                 coalesce((select array_agg(distinct rp.permission order by rp.permission)
                             from plinth.member_roles mr
                             join plinth.roles r
                               on r.tenant_id = mr.tenant_id and r.id = mr.role_id and r.is_active
                             join plinth.role_permissions rp
                               on rp.tenant_id = r.tenant_id and rp.role_id = r.id
                            where mr.tenant_id = of_tenant and mr.person_id = one.person_id
                              and not exists (select from plinth.permissions p
                                               where p.tenant_id = of_tenant
                                                 and p.key = rp.permission and not p.is_active)),
                          '{}') as permissions
            from unnest(of_people) as one (person_id)) as now_held
   where m.tenant_id = of_tenant and m.person_id = now_held.person_id
     and m.role_permissions is distinct from now_held.permissions;
end
$$;

-- After a change of the rows that are `changed`: whoever has one of their roles, or had it a moment ago.
-- It waits for any other change of roles in the same tenant and reads after that: of two changes at
-- once, whichever comes second sees both.
-- It enters the tenant of those rows for as long as it takes, whoever made the change: a cascade too.
create function plinth.follow_roles() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
declare
  entered text := coalesce(current_setting('plinth.tenant_id', true), '');
  of_tenant uuid;
  of_people uuid[];
begin
  for of_tenant in select distinct tenant_id from changed loop
    perform from plinth.tenants where id = of_tenant for no key update;
    perform set_config('plinth.tenant_id', of_tenant::text, true);
    if tg_table_name = 'member_roles' then
      select array_agg(distinct person_id) into of_people from changed where tenant_id = of_tenant;
    elsif tg_table_name = 'permissions' then
      select array_agg(distinct mr.person_id) into of_people
        from changed c
        join plinth.role_permissions rp on rp.tenant_id = c.tenant_id and rp.permission = c.key
        join plinth.member_roles mr on mr.tenant_id = rp.tenant_id and mr.role_id = rp.role_id
       where c.tenant_id = of_tenant;
    else
      select array_agg(distinct mr.person_id) into of_people
        from changed c
        join plinth.member_roles mr
          on mr.tenant_id = c.tenant_id
         and mr.role_id = (to_jsonb(c) ->> case tg_table_name when 'roles' then 'id' else 'role_id' end)::uuid
       where c.tenant_id = of_tenant;
    end if;
    if of_people is not null then
      perform plinth.refresh_role_permissions(of_tenant, of_people);
    end if;
  end loop;
  perform set_config('plinth.tenant_id', entered, true);
  return null;
end
$$;

create trigger follow_given after insert on plinth.member_roles
  referencing new table as changed for each statement execute function plinth.follow_roles();
create trigger follow_taken after delete on plinth.member_roles
  referencing old table as changed for each statement execute function plinth.follow_roles();
create trigger follow_given after insert on plinth.role_permissions
  referencing new table as changed for each statement execute function plinth.follow_roles();
create trigger follow_taken after delete on plinth.role_permissions
  referencing old table as changed for each statement execute function plinth.follow_roles();
create trigger follow_changed after update on plinth.roles
  referencing new table as changed for each statement execute function plinth.follow_roles();
create trigger follow_given after insert on plinth.permissions
  referencing new table as changed for each statement execute function plinth.follow_roles();
create trigger follow_changed after update on plinth.permissions
  referencing new table as changed for each statement execute function plinth.follow_roles();
create trigger follow_taken after delete on plinth.permissions
  referencing old table as changed for each statement execute function plinth.follow_roles();

-- Somebody who can sign in must be able to do everything in a tenant of several people, or nobody could
-- ever give anybody rights there again. Asked when the transaction ends: of two that leave at the same
-- time the second waits, and sees that the first is gone. A personal tenant goes with its person.
create function plinth.keep_administrator() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
declare
  entered text := coalesce(current_setting('plinth.tenant_id', true), '');
  administered boolean;
begin
  perform from plinth.tenants
    where id = old.tenant_id and kind <> 'personal' and status <> 'deleted' for no key update;
  if not found then return null; end if;
  perform set_config('plinth.tenant_id', old.tenant_id::text, true);
  administered := exists (
    select from plinth.memberships m join plinth.people p on p.id = m.person_id
     where m.tenant_id = old.tenant_id and '*' = any (m.grants)
       and p.status = 'active' and p.kind = 'human');
  perform set_config('plinth.tenant_id', entered, true);
  if not administered then
    raise exception 'the last administrator of a tenant cannot go'
      using errcode = 'check_violation', constraint = 'memberships_administered',
            schema = 'plinth', table = 'memberships';
  end if;
  return null;
end
$$;
create constraint trigger administered_after_change after update on plinth.memberships
  deferrable initially deferred
  for each row when ('*' = any (old.grants) and not '*' = any (new.grants))
  execute function plinth.keep_administrator();
create constraint trigger administered_after_end after delete on plinth.memberships
  deferrable initially deferred
  for each row when ('*' = any (old.grants))
  execute function plinth.keep_administrator();

-- The roles that every tenant has. Running it again adds what is missing and changes nothing else.
create function plinth.seed_roles(of_tenant uuid) returns integer
language plpgsql
set search_path = pg_catalog
as $$
declare
  entered text := coalesce(current_setting('plinth.tenant_id', true), '');
  made integer;
begin
  perform set_config('plinth.tenant_id', of_tenant::text, true);
  insert into plinth.roles (id, tenant_id, name, description, built_in)
  select gen_random_uuid(), of_tenant, seed.name, seed.description, true
    from (values ('admin', 'May do everything in the tenant'),
                 ('auditor', 'Reads the audit log'),
                 ('operator', 'Looks after schedules and settings'),
                 ('support', 'Sees the people of the tenant')) as seed (name, description)
  on conflict (tenant_id, lower(name)) do nothing;
  get diagnostics made = row_count;
  insert into plinth.role_permissions (tenant_id, role_id, permission)
  select of_tenant, r.id, seed.permission
    from (values ('admin', '*'), ('auditor', 'audit:read'), ('operator', 'scheduler:manage'),
                 ('operator', 'settings:manage'), ('support', 'people:read')) as seed (name, permission)
    join plinth.roles r on r.tenant_id = of_tenant and r.name = seed.name and r.built_in
  on conflict (tenant_id, role_id, permission) do nothing;
  perform set_config('plinth.tenant_id', entered, true);
  return made;
end
$$;

create function plinth.seed_roles_of_new_tenant() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  perform plinth.seed_roles(new.id);
  return null;
end
$$;
create trigger seed_roles after insert on plinth.tenants
  for each row execute function plinth.seed_roles_of_new_tenant();

grant select, insert, update, delete on plinth.permissions, plinth.roles to plinth_app;
grant select, insert, delete on plinth.role_permissions, plinth.member_roles to plinth_app;
grant select on plinth.permissions, plinth.roles, plinth.role_permissions, plinth.member_roles
  to plinth_readonly;

grant execute on function plinth.refresh_role_permissions(uuid, uuid[]), plinth.seed_roles(uuid)
  to plinth_app;

select plinth.seed_roles(id) from plinth.tenants where status <> 'deleted';
