drop trigger revoke_keys on plinth.memberships;
drop function plinth.revoke_keys_of_member();
drop table plinth.api_keys;
