-- What a provider signed out lately: its session, or all of a subject until a moment. A sign-in
-- whose callback such a message overtook finds it here and opens nothing.
create table plinth.provider_sign_outs (
  key_hash   bytea primary key,
  said_at    timestamptz(3) not null,
  expires_at timestamptz(3) not null
);
create index provider_sign_outs_expiry on plinth.provider_sign_outs (expires_at);
grant select, insert, update, delete on plinth.provider_sign_outs to plinth_app;
