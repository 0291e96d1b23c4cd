drop table plinth.platform_roles;
drop function plinth.end_sessions_of_person();
drop table plinth.tenant_settings;
grant delete on plinth.tenants to plinth_app;
delete from plinth.tenants where status = 'deleted';
update plinth.tenants set kind = 'organisation' where kind = 'service';
alter table plinth.tenants
  drop constraint tenants_slug_plain,
  drop column deleted_at,
  drop constraint tenants_status_check,
  add constraint tenants_status_check check (status in ('active', 'suspended')),
  drop constraint tenants_kind_check,
  add constraint tenants_kind_check check (kind in ('personal', 'organisation'));
