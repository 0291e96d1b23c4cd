import { z } from 'zod'
import { record } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import type { SystemJob } from '../../jobs/index.ts'
import { systemJob } from '../../jobs/index.ts'
import type { Id } from '../../kernel/index.ts'
import { forgetInTenant } from './erase-rows.repository.ts'
import { personEvents } from './people.events.ts'

/** Name of the job that takes out of every tenant what an erased person left there. */
export const FORGET_JOB = 'identity.forget-person'

const CHUNK = 500

/**
 * Takes out of the audit logs of all tenants, also of those that are gone, the addresses from which an
 * erased person came. Running it again does nothing.
 */
export function forgetPersonJob({ platform }: { readonly platform: PlatformDb }): SystemJob {
  return systemJob(FORGET_JOB, {
    input: { person: z.uuid() },
    retries: 10,
    timeoutSeconds: 3_600,
    handle: async ({ input: { person }, actor }) => {
      let [rows, after]: [number, string | undefined] = [0, undefined]
      do {
        const tenants: readonly Id<'tenant'>[] = await someTenants(platform, after)
        for (const tenant of tenants) {
          rows += await platform.transaction((tx) =>
            tx.inTenant(tenant, (inside) => forgetInTenant(inside, person)),
          )
        }
        after = tenants.at(-1)
      } while (after !== undefined)
      const target = { type: 'person', id: person }
      const event = personEvents.forgotten({ outcome: 'success', target, data: { rows } })
      await platform.transaction((tx) => record(tx, actor, event))
    },
  })
}

async function someTenants(
  platform: PlatformDb,
  after: string | undefined,
): Promise<readonly Id<'tenant'>[]> {
  const { rows } = await platform.query<{ id: Id<'tenant'> }>(
    'select id from plinth.tenants where $1::uuid is null or id > $1 order by id limit $2',
    [after ?? null, CHUNK],
  )
  return rows.map(({ id }) => id)
}
