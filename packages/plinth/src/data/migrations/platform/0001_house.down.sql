alter default privileges grant execute on functions to public;
alter default privileges in schema app revoke usage on sequences from plinth_app;
alter default privileges in schema app revoke select on tables from plinth_readonly;
alter default privileges in schema app
  revoke select, insert, update, delete on tables from plinth_app;

drop table plinth.audit_events;
drop table plinth.memberships;
drop table plinth.pending_logins;
drop table plinth.sessions;
drop table plinth.known_devices;
drop table plinth.identities;
drop table plinth.people;
drop table plinth.tenants;
