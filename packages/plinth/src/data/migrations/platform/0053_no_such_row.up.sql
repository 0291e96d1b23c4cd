-- A table that is migrated elsewhere has no key of ours that would refuse a reference to no row, to a
-- deleted one that is kept, or to one of another person. The statement that writes the reference looks for
-- the row, and calls this where it finds none: it then fails as it would by a key of that name.
create function plinth.no_such_row(reference text) returns uuid
language plpgsql
set search_path = pg_catalog
as $$
begin
  raise exception 'no row for the reference %', reference
    using errcode = 'foreign_key_violation', constraint = reference;
end
$$;

revoke all on function plinth.no_such_row(text) from public;
grant execute on function plinth.no_such_row(text) to plinth_app;
