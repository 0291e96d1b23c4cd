drop table plinth.idempotency_keys;
