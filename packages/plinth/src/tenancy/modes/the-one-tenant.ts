import type { PlatformTx, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Doorkeeper } from './doorkeeper.ts'

/** The one tenant of mode `none`: everybody's, and nobody sees it. */
export const THE_ONE_TENANT = '00000000-0000-7000-8000-000000000001' as Id<'tenant'>

const MAKE = `
  insert into plinth.tenants (id, slug, name, kind)
  values ('${THE_ONE_TENANT}', 'the-one-tenant', 'The one tenant', 'service')
  on conflict (id) do nothing`

const JOIN = `
  insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, 'member')
  on conflict (tenant_id, person_id) do nothing`

/** Makes the one tenant, unless it is there. */
export async function makeTheOneTenant(tx: PlatformTx): Promise<Id<'tenant'>> {
  await tx.query(MAKE)
  return THE_ONE_TENANT
}

/** Puts a person into the one tenant, unless they are in it, or the doorkeeper throws. */
export async function joinTheOneTenant(
  tx: PlatformTx,
  person: Id<'person'>,
  { requireJoin }: Doorkeeper = {},
): Promise<Id<'tenant'>> {
  await makeTheOneTenant(tx)
  await tx.inTenant(THE_ONE_TENANT, async (inside) => {
    if (requireJoin !== undefined && !(await isThere(inside, person)))
      await requireJoin(inside, { person, tenant: THE_ONE_TENANT })
    await inside.query(JOIN, [THE_ONE_TENANT, person])
  })
  return THE_ONE_TENANT
}

async function isThere(tx: Tx, person: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select from plinth.memberships where tenant_id = $1 and person_id = $2',
    [tx.tenant, person],
  )
  return rowCount > 0
}
