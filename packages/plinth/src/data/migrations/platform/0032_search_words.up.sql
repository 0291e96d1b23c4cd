-- The words of a row as its tenant's own: each begins with six characters of the tenant, so that an
-- index over all tenants, and what it knows of how common a word is, is about one tenant's rows. Two
-- tenants may share those characters: a search asks for the tenant besides.
create function plinth.search_words(tenant uuid, said text) returns tsvector
language sql immutable parallel safe
return (
  select array_to_tsvector(coalesce(array_agg(right(tenant::text, 6) || ':' || word.lexeme), '{}'))
    from unnest(to_tsvector('simple'::regconfig, said)) as word
   -- A longer one, with its beginning, would be more than PostgreSQL keeps of a word.
   where octet_length(word.lexeme) < 2000
);

revoke all on function plinth.search_words(uuid, text) from public;
grant execute on function plinth.search_words(uuid, text) to plinth_app, plinth_readonly;
