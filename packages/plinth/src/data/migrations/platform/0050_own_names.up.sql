-- A name that a person chose here stays, whatever their provider says at the next sign-in.
alter table plinth.people add column named_by_self boolean not null default false;
