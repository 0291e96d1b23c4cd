drop table plinth.attempts;
drop table plinth.sign_in_names;
drop table plinth.credentials;
