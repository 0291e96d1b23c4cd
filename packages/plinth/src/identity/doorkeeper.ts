import type { Queryable } from '../data/index.ts'
import type { Doorkeeper } from '../tenancy/index.ts'
import type { IdentityHooks } from './hooks.ts'
import { peopleProblems } from './people/people.errors.ts'

/** The hooks `mayJoin` and `maySwitch` as tenancy asks them, wherever somebody signs in or names a tenant. */
export function doorkeeper({ mayJoin, maySwitch }: IdentityHooks = {}): Doorkeeper {
  return {
    ...(mayJoin && {
      requireJoin: async (db, { person, tenant }) => {
        const email = await verifiedAddress(db, person)
        const joins = await mayJoin({ tenant, person, email, isNewPerson: true })
        if (!joins) throw peopleProblems.refusedByHook()
      },
    }),
    ...(maySwitch && { mayEnter: async ({ person, tenant }) => maySwitch({ person, to: tenant }) }),
  }
}

async function verifiedAddress(db: Queryable, person: string): Promise<string | null> {
  const { rows } = await db.query<{ email: string | null }>(
    'select email from plinth.people where id = $1 and email_verified',
    [person],
  )
  return rows[0]?.email ?? null
}
