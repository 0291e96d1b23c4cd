alter table plinth.sessions drop column mismatch_reported_at;
drop index plinth.sessions_family;
alter table plinth.sessions drop column family_id;
