import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'

/** A tenant-owned table as the entity layer would make it, for tests of what lies below that. */
export const ITEMS = `
  create table app.item (
    id        uuid not null default gen_random_uuid(),
    tenant_id uuid not null default nullif(current_setting('plinth.tenant_id', true), '')::uuid,
    name      text not null check (name <> 'forbidden'),
    amount    bigint not null default 0,
    primary key (tenant_id, id),
    unique (tenant_id, name)
  );
  alter table app.item enable row level security;
  alter table app.item force row level security;
  create policy tenant on app.item
    using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)
    with check (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid);`

/** Fresh tenants; they need no row of their own to own others. */
export function someTenants(count: number): readonly Id<'tenant'>[] {
  return Array.from({ length: count }, () => newId<'tenant'>())
}
