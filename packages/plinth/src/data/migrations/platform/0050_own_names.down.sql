alter table plinth.people drop column named_by_self;
