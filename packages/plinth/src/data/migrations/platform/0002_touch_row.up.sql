-- Every entity's table calls this before an update, so that no way of writing (this library, Kysely,
-- SQL by hand, a foreign key that sets null) leaves an old version number on a changed row.
create function plinth.touch_row() returns trigger
language plpgsql
set search_path = pg_catalog
as $$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  return new;
end
$$;
