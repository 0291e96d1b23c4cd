drop table plinth.logout_tokens;
