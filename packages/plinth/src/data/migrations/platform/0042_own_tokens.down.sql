drop table plinth.client_assertions;
drop table plinth.oauth_tokens;
drop table plinth.oauth_client_secrets;
drop table plinth.oauth_clients;
drop table plinth.refresh_tokens;
drop table plinth.signing_keys;
