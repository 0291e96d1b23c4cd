drop trigger keep on plinth.audit_events;
drop function plinth.keep_audit();
drop index plinth.audit_events_actor;
revoke update (client_address) on plinth.audit_events from plinth_app;
drop table plinth.imported_people;
drop table plinth.invitations;
create or replace function plinth.hold_grants() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  new.grants := case when new.role in ('owner', 'admin') then array['*'] else array[]::text[] end
                || new.permissions || new.role_permissions;
  return new;
end
$$;
alter table plinth.memberships
  drop constraint memberships_owner_works,
  drop column status,
  drop column invited_email,
  drop column notes,
  drop column metadata;
drop trigger end_sessions on plinth.people;
drop function plinth.end_sessions_of_inactive();
update plinth.people set status = 'disabled' where status in ('archived', 'erased');
alter table plinth.people
  drop constraint people_status_check,
  add constraint people_status_check check (status in ('active', 'disabled')),
  drop column avatar_url,
  drop column bio,
  drop column phone,
  drop column date_of_birth,
  drop column gender,
  drop column preferred_contact_method,
  drop column locale,
  drop column timezone,
  drop column address_line1,
  drop column address_line2,
  drop column city,
  drop column region,
  drop column postal_code,
  drop column country_code,
  drop column marketing_opt_in,
  drop column notes,
  drop column metadata,
  drop column erased_at;
