-- Waiting jobs and their history go with it.
drop schema plinth_jobs cascade;
