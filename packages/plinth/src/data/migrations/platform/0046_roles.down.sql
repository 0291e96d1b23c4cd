drop trigger seed_roles on plinth.tenants;
drop function plinth.seed_roles_of_new_tenant();
drop function plinth.seed_roles(uuid);
drop trigger administered_after_change on plinth.memberships;
drop trigger administered_after_end on plinth.memberships;
drop function plinth.keep_administrator();
drop table plinth.member_roles;
drop table plinth.role_permissions;
drop table plinth.roles;
drop table plinth.permissions;
drop function plinth.follow_roles();
drop function plinth.refresh_role_permissions(uuid, uuid[]);
-- Row-level security binds the owner too, and this must reach the memberships of every tenant.
alter table plinth.memberships no force row level security;
update plinth.memberships set role_permissions = '{}' where role_permissions <> '{}';
alter table plinth.memberships force row level security;
