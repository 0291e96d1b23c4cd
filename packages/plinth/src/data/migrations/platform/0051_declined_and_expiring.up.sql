-- Whoever was asked in may say no, and whoever asked sees that they did.
alter table plinth.invitations add column declined_at timestamptz(3);
alter table plinth.invitations drop constraint invitations_once;
alter table plinth.invitations add constraint invitations_once
  check (num_nonnulls(accepted_at, revoked_at, declined_at) <= 1);

-- Of which end of a key whoever is behind it was told: once for each.
alter table plinth.api_keys add column announced_end timestamptz(3);
create index api_keys_end on plinth.api_keys (tenant_id, expires_at)
  where revoked_at is null and successor_id is null;
