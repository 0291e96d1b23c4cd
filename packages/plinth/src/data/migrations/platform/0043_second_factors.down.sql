drop table plinth.mfa_rules;
drop table plinth.remembered_devices;
drop table plinth.recovery_codes;
drop table plinth.mfa_sends;
drop table plinth.mfa_codes;
drop table plinth.mfa_methods;
drop table plinth.mfa_challenges;
