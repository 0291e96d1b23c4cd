-- Logout tokens that were taken, so that each ends sessions once (OpenID Connect Back-Channel
-- Logout 2.6). A hash of issuer and jti; the row may go when the token has expired.
create table plinth.logout_tokens (
  token_hash  bytea primary key,
  expires_at  timestamptz(3) not null,
  consumed_at timestamptz(3)
);
create index logout_tokens_expiry on plinth.logout_tokens (expires_at);
grant select, insert, update, delete on plinth.logout_tokens to plinth_app;
