drop table plinth.provider_sign_outs;
