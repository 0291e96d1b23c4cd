import type { PlatformDb } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { rolesOfPerson } from '../../tenancy/index.ts'

/** What a person is in a tenant: their standing, and the names of their roles. */
export async function roleNames(
  platform: PlatformDb,
  { tenant, person }: { readonly tenant: Id<'tenant'>; readonly person: Id<'person'> },
): Promise<readonly string[]> {
  return platform.transaction((tx) =>
    tx.inTenant(tenant, async (inside) => {
      const { rows } = await inside.query<{ role: string }>(
        'select role from plinth.memberships where tenant_id = $1 and person_id = $2',
        [tenant, person],
      )
      const given = await rolesOfPerson(inside, person)
      const standing = rows.map(({ role }) => role)
      return [...new Set([...standing, ...given.map(({ name }) => name)])]
    }),
  )
}
