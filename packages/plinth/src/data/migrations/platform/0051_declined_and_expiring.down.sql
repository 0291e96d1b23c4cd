alter table plinth.api_keys drop column announced_end;
drop index plinth.api_keys_end;

alter table plinth.invitations drop constraint invitations_once;
-- Else they would wait again. The policy binds the owner too, and no tenant is set here.
alter table plinth.invitations no force row level security;
update plinth.invitations set revoked_at = declined_at where declined_at is not null;
alter table plinth.invitations force row level security;
alter table plinth.invitations add constraint invitations_once
  check (accepted_at is null or revoked_at is null);
alter table plinth.invitations drop column declined_at;
