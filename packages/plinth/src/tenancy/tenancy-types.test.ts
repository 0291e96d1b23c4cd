import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { Database, Db, PlatformDb, PlatformTx, Tx } from '../data/index.ts'
import { entity, query } from '../data/index.ts'
import { job } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'

const thing = entity('thing', { name: z.string() })
const later = job('thing.later', { handle: async () => undefined })

test('TN-16 tenant data without a tenant does not compile', () => {
  assert.equal(typeof mistakes, 'function')
})

/** Never called: the compiler reads it. */
async function mistakes(
  database: Database,
  doors: { readonly db: Db; readonly platform: PlatformDb; readonly platformTx: PlatformTx },
): Promise<void> {
  const { db, platform, platformTx } = doors
  await thing.list(db)
  await db.transaction((tx: Tx) => later.enqueue(tx, {}))
  await platformTx.inTenant(db.tenant, (tx) => thing.list(tx))
  // @ts-expect-error the platform's door shows no tenant's rows
  await thing.list(platform)
  // @ts-expect-error nor does a transaction of it
  await thing.list(platformTx)
  // @ts-expect-error nor the database itself
  await thing.list(database)
  // @ts-expect-error nor a door that somebody makes by hand
  await thing.list({ tenant: db.tenant, query: db.query, batch: db.batch })
  // @ts-expect-error Kysely runs over the door of a tenant only
  query(platform, thing)
  // @ts-expect-error a job is enqueued in a transaction of a tenant
  await later.enqueue(db, {})
  // @ts-expect-error nor in one of the platform
  await later.enqueue(platformTx, {})
  // @ts-expect-error a tenant is named by its id, not by any text
  database.forTenant('acme')
  // @ts-expect-error nor by the id of something else
  database.forTenant('x' as Id<'product'>)
  // @ts-expect-error entering tenants without a request takes a reason
  database.system()
}
