create or replace function plinth.end_sessions_of_inactive() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  update plinth.sessions
     set revoked_at = now(), revoke_reason = 'person_disabled', successor_sealed = null,
         id_token_sealed = null, refresh_token_sealed = null
   where person_id = new.id and revoked_at is null;
  update plinth.one_time_tokens set expires_at = least(expires_at, now())
   where person_id = new.id and consumed_at is null;
  return null;
end
$$;
