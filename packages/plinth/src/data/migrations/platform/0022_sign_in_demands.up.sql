-- What a sign-in is for, what it must prove, and which session asked for it.
alter table plinth.pending_logins
  add column purpose text not null default 'sign_in'
    check (purpose in ('sign_in', 'step_up', 'link')),
  add column max_age_seconds integer check (max_age_seconds >= 0),
  add column acr_values text[] not null default '{}',
  add column person_id uuid references plinth.people (id) on delete cascade,
  add column session_family_id uuid,
  add constraint pending_logins_asked
    check (purpose = 'sign_in' or (person_id is not null and session_family_id is not null));

-- An account at a provider that a signed-in person has proved to be theirs, and may link.
create table plinth.link_offers (
  id                uuid primary key,
  person_id         uuid not null references plinth.people (id) on delete cascade,
  session_family_id uuid not null,
  issuer            text not null,
  subject           text not null,
  provider          text not null,
  email             text,
  name              text not null,
  return_to         text not null,
  created_at        timestamptz(3) not null default now(),
  expires_at        timestamptz(3) not null,
  consumed_at       timestamptz(3)
);
create index link_offers_family on plinth.link_offers (session_family_id);
create index link_offers_expiry on plinth.link_offers (expires_at);

grant select, insert, update, delete on plinth.link_offers to plinth_app;
