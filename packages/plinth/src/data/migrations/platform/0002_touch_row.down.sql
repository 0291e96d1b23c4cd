drop function plinth.touch_row();
