-- Passkeys: a public key for each, and how often it signed. Nobody signs in with what is here.
create table plinth.passkeys (
  id            uuid primary key,
  person_id     uuid not null references plinth.people (id) on delete cascade,
  credential_id text not null unique,
  public_key    bytea not null,
  sign_counter  bigint not null,
  transports    text[] not null default '{}',
  name          text not null,
  -- Whether it may be on several devices of its person.
  synced        boolean not null,
  created_at    timestamptz(3) not null default now(),
  last_used_at  timestamptz(3)
);
create index passkeys_person on plinth.passkeys (person_id);

-- Whose key it is, and which, is decided when it is added, and never again (ASVS 6.7.1).
create function plinth.keep_passkey() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  raise exception 'the key of a passkey does not change' using errcode = 'integrity_constraint_violation';
end
$$;

create trigger keep_key before update on plinth.passkeys
  for each row when ((old.id, old.person_id, old.credential_id, old.public_key)
                     is distinct from (new.id, new.person_id, new.credential_id, new.public_key))
  execute function plinth.keep_passkey();

grant select, insert, update, delete on plinth.passkeys to plinth_app;
