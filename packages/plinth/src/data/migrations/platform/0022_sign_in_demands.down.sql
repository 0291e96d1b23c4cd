drop table plinth.link_offers;
alter table plinth.pending_logins
  drop constraint pending_logins_asked,
  drop column session_family_id,
  drop column person_id,
  drop column acr_values,
  drop column max_age_seconds,
  drop column purpose;
