drop function plinth.search_words(uuid, text);
