-- Passwords of people who sign in without a provider. A row is the one way in that we ourselves
-- keep; the hash says with which algorithm and cost it was made, so that old ones go on working.
create table plinth.credentials (
  person_id   uuid primary key references plinth.people (id) on delete cascade,
  hash        text not null,
  -- Counts the passwords a person has had: what was sent for one of them is worth nothing after it.
  version     integer not null default 1,
  must_change boolean not null default false,
  changed_at  timestamptz(3) not null,
  created_at  timestamptz(3) not null default now()
);

-- The names that a person signs in with, in the one canonical form that is looked up and unique.
create table plinth.sign_in_names (
  name_key   text primary key,
  person_id  uuid not null references plinth.people (id) on delete cascade,
  kind       text not null check (kind in ('email', 'username')),
  name       text not null,
  created_at timestamptz(3) not null default now(),
  unique (person_id, kind)
);

-- Tries to prove something that can be guessed: how many failed, and until when no more are taken.
-- A row stands for a subject (a person, or a name that nobody has) at a place (a network, a browser,
-- or, empty, anywhere). Hashes only: a dump tells of no name and no address.
create table plinth.attempts (
  subject_hash   bytea not null,
  place_hash     bytea not null,
  failures       integer not null default 0,
  -- Failures anywhere since the last success; kept in the row of anywhere.
  since_success  integer not null default 0,
  locks          integer not null default 0,
  locked_until   timestamptz(3),
  last_failed_at timestamptz(3),
  succeeded_at   timestamptz(3),
  forget_at      timestamptz(3) not null,
  primary key (subject_hash, place_hash)
);
create index attempts_forget on plinth.attempts (forget_at);

grant select, insert, update, delete on plinth.credentials, plinth.sign_in_names, plinth.attempts
  to plinth_app;
