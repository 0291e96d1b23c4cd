drop trigger tell_gone on plinth.identities;
