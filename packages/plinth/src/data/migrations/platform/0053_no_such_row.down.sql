drop function plinth.no_such_row(text);
