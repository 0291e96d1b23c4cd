alter table plinth.sessions drop column scopes;
