-- Whoever was asked in may say no, and whoever asked sees that they did.
alter table plinth.invitations add column declined_at timestamptz(3);
alter table plinth.invitations drop constraint invitations_once;
alter table plinth.invitations add constraint invitations_once
  check (num_nonnulls(accepted_at, revoked_at, declined_at) <= 1);
