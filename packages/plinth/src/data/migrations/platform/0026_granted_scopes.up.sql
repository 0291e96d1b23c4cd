-- What the provider granted at sign-in, which may be less than was asked for; null where it was not asked.
alter table plinth.sessions add column scopes text[];
