-- A person's second factors. One that was not confirmed by a first code is pending: it never counts,
-- and goes away by itself. The secret of an authenticator app is sealed for its person and this row.
create table plinth.mfa_methods (
  id            uuid primary key,
  person_id     uuid not null references plinth.people (id) on delete cascade,
  kind          text not null check (kind in ('totp', 'email', 'sms')),
  label         text,
  -- Where codes go: the e-mail address or the phone number that was proved.
  address       text,
  secret_sealed bytea,
  -- Which key sealed the secret.
  key_id        text,
  -- The sign-in that it was set up in; null when that was done from a session.
  challenge_id  uuid,
  -- The newest 30 seconds of which a code was taken: no older one is.
  last_step     integer,
  confirmed_at  timestamptz(3),
  last_used_at  timestamptz(3),
  created_at    timestamptz(3) not null default now(),
  expires_at    timestamptz(3)
);
-- One of each kind: what a code is held against is never a choice.
create unique index mfa_methods_active on plinth.mfa_methods (person_id, kind)
  where confirmed_at is not null;
create index mfa_methods_person on plinth.mfa_methods (person_id);

-- Codes that were sent. A row holds a keyed hash: six digits would be found from a plain one at once.
create table plinth.mfa_codes (
  id           uuid primary key,
  method_id    uuid not null references plinth.mfa_methods (id) on delete cascade,
  -- The sign-in, session or enrolment that the code was sent for; worth nothing in another.
  scope_hash   bytea not null,
  code_hash    bytea not null,
  created_at   timestamptz(3) not null default now(),
  expires_at   timestamptz(3) not null,
  consumed_at  timestamptz(3)
);
create index mfa_codes_method on plinth.mfa_codes (method_id);
create index mfa_codes_expiry on plinth.mfa_codes (expires_at);

-- What was sent, counted by person, place and target: whoever makes us send pays nothing, we do.
create table plinth.mfa_sends (
  bucket_hash  bytea not null,
  window_start timestamptz(3) not null,
  sent         integer not null default 1,
  primary key (bucket_hash, window_start)
);

create table plinth.recovery_codes (
  id         uuid primary key,
  person_id  uuid not null references plinth.people (id) on delete cascade,
  code_hash  bytea not null,
  created_at timestamptz(3) not null default now(),
  used_at    timestamptz(3),
  unique (person_id, code_hash)
);

-- A sign-in that waits for its second factor. What was proved so far is sealed: the row makes no
-- session by itself.
create table plinth.mfa_challenges (
  id               uuid primary key,
  token_hash       bytea not null unique,
  person_id        uuid not null references plinth.people (id) on delete cascade,
  wants            text not null check (wants in ('factor', 'enrolment')),
  sign_in_sealed   bytea not null,
  fingerprint      bytea not null,
  -- A password that was changed meanwhile ends it.
  password_version integer,
  tries            integer not null default 0,
  created_at       timestamptz(3) not null default now(),
  expires_at       timestamptz(3) not null,
  consumed_at      timestamptz(3)
);
create index mfa_challenges_person on plinth.mfa_challenges (person_id);
create index mfa_challenges_expiry on plinth.mfa_challenges (expires_at);
alter table plinth.mfa_methods add constraint mfa_methods_challenge_id_fkey
  foreign key (challenge_id) references plinth.mfa_challenges (id) on delete cascade;

-- Browsers that need no second factor for a while.
create table plinth.remembered_devices (
  id               uuid primary key,
  person_id        uuid not null references plinth.people (id) on delete cascade,
  token_hash       bytea not null unique,
  -- The password that it was remembered with: none after it.
  password_version integer,
  user_agent       text,
  created_at       timestamptz(3) not null default now(),
  last_used_at     timestamptz(3),
  expires_at       timestamptz(3) not null
);
create index remembered_devices_person on plinth.remembered_devices (person_id);
create index remembered_devices_expiry on plinth.remembered_devices (expires_at);

-- Of whom a tenant demands a second factor. Read before anybody is in it, hence without a policy.
create table plinth.mfa_rules (
  tenant_id  uuid primary key references plinth.tenants (id) on delete cascade,
  everybody  boolean not null default false,
  roles      text[] not null default '{}',
  updated_at timestamptz(3) not null default now()
);

grant select, insert, update, delete
  on plinth.mfa_methods, plinth.mfa_codes, plinth.mfa_sends, plinth.recovery_codes,
     plinth.mfa_challenges, plinth.remembered_devices, plinth.mfa_rules
  to plinth_app;
