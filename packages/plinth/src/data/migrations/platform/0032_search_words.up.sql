-- The words of a row as its tenant's own: each begins with six characters of the tenant, so that an
-- index over all tenants, and what it knows of how common a word is, is about one tenant's rows. Two
-- tenants may share those characters: a search asks for the tenant besides.
-- Words of 2,000 bytes and more are left out: with their beginning, PostgreSQL could not keep them.
create function plinth.search_words(tenant uuid, said text) returns tsvector
language sql immutable parallel safe
return (
  select array_to_tsvector(coalesce(array_agg(right(tenant::text, 6) || ':' || word.lexeme), '{}'))
    from unnest(to_tsvector('simple'::regconfig, said)) as word
   where octet_length(word.lexeme) < 2000
);

-- Every word of what is searched for; NULL, which finds nothing, without a word or a tenant.
create function plinth.search_query(tenant uuid, said text) returns tsquery
language sql immutable parallel safe
return (
  select string_agg(array_to_tsvector(array[known.word])::text, ' & ')::tsquery
    from unnest(to_tsvector('simple'::regconfig, said)) as word,
         lateral (select coalesce(right(tenant::text, 6), '') || ':' || word.lexeme as word) as known
   where tenant is not null and octet_length(word.lexeme) < 2000
);

revoke all on function plinth.search_words(uuid, text), plinth.search_query(uuid, text) from public;
grant execute on function plinth.search_words(uuid, text), plinth.search_query(uuid, text)
  to plinth_app, plinth_readonly;

-- The role that owns search functions finds this one.
grant usage on schema plinth to plinth_search;
grant execute on function plinth.search_query(uuid, text) to plinth_search;
