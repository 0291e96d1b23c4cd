drop table plinth.passkeys;
drop function plinth.keep_passkey();
