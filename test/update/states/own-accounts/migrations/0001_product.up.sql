-- after: nothing

create table app.products (
  id         uuid not null,
  tenant_id  uuid not null default nullif(current_setting('plinth.tenant_id', true), '')::uuid,
  sku        varchar(40) not null,
  name       varchar(200) not null,
  price      bigint not null,
  stock      integer not null default 0,
  status     text not null default 'draft',
  version    integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint products_pkey primary key (tenant_id, id),
  constraint products_sku_key unique (tenant_id, sku),
  constraint products_status_check check (status in ('draft', 'live', 'retired'))
);

create index products_created_at_id_idx on app.products (tenant_id, created_at, id);
create index products_status_created_at_idx on app.products (tenant_id, status, created_at);

create trigger products_touch before update on app.products
  for each row execute function plinth.touch_row();

alter table app.products enable row level security;
alter table app.products force row level security;

create policy tenant on app.products
  using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid);

grant select, insert, update, delete on app.products to plinth_app;
grant select on app.products to plinth_readonly;
