revoke usage on schema plinth from plinth_search;
drop function plinth.search_query(uuid, text);
drop function plinth.search_words(uuid, text);
