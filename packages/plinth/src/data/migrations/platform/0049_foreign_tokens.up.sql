-- An account that is no longer a person's stands for them no more: processes keep in memory whom the
-- access tokens of other issuers stand for, and are told with the commit.
create trigger tell_gone after delete on plinth.identities
  for each row execute function plinth.tell_sessions('person', 'person_id');
