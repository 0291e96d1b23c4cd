drop table plinth.one_time_tokens;
alter table plinth.audit_events drop column credential_kind, drop column credential_id;
drop trigger count_change on plinth.memberships;
create trigger count_change before update of role, permissions on plinth.memberships
  for each row when ((old.role, old.permissions) is distinct from (new.role, new.permissions))
  execute function plinth.count_membership_change();
drop trigger hold_grants on plinth.memberships;
drop function plinth.hold_grants();
alter table plinth.memberships drop column role_permissions, drop column grants;
alter table plinth.sessions drop column kind, drop column amr;
alter table plinth.people drop column kind;
