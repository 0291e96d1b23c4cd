-- All sessions that one sign-in led to through rotation: they end together.
alter table plinth.sessions add column family_id uuid;
update plinth.sessions set family_id = id;
alter table plinth.sessions alter column family_id set not null;
create index sessions_family on plinth.sessions (family_id);

-- When a session was first seen from another kind of browser: reported once, not at each request.
alter table plinth.sessions add column mismatch_reported_at timestamptz(3);
