import type { PostgreSQL } from '@pgkit/migra'
import { onConnection } from 'plinth/data'
import { readByHand } from './by-hand.ts'
import { type LiveTable, tablesOf } from './catalogue.ts'
import { readRights } from './rights.ts'
import type { Scratch } from './scratch.ts'

/** Reads the tables of two databases side by side. */
export async function inspectBoth(
  one: Scratch,
  other: Scratch,
): Promise<readonly [ReadonlyMap<string, LiveTable>, ReadonlyMap<string, LiveTable>]> {
  const { default: migra } = await import('@pgkit/migra')
  const { changes } = await migra.run(one.adminUrl, other.adminUrl)
  return Promise.all([tables(changes.i_from, one), tables(changes.i_target, other)])
}

/** Reads the tables of one database. */
export async function inspect(one: Scratch): Promise<ReadonlyMap<string, LiveTable>> {
  const { default: migra } = await import('@pgkit/migra')
  return tables(await migra.PostgreSQL.create(one.adminUrl), one)
}

async function tables(found: PostgreSQL, { adminUrl }: Scratch) {
  return onConnection({ url: adminUrl }, async (connection) => {
    const byHand = await readByHand(connection)
    return tablesOf(found, { byHand, rights: await readRights(connection) })
  })
}
