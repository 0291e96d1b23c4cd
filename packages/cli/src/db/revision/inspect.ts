import type { PostgreSQL } from '@pgkit/migra'
import { onConnection } from 'plinth/data'
import { readByHand } from './by-hand.ts'
import { type LiveTable, tablesOf } from './catalogue.ts'
import { readDemandingDomains } from './demanding-domains.ts'
import { readRights } from './rights.ts'
import type { Scratch } from './scratch.ts'

/** The tables of a database, by `schema.name`. */
export type Tables = ReadonlyMap<string, LiveTable>

/** Two databases side by side. */
export interface Comparison {
  /** Tables of the first one when the comparison began. */
  readonly before: Tables
  /** Tables of the other one. */
  readonly wanted: Tables
  /** Tables of the first one as they are now. */
  again(): Promise<Tables>
}

/** Reads the tables of two databases. */
export async function inspectBoth(one: Scratch, other: Scratch): Promise<Comparison> {
  const { default: migra } = await import('@pgkit/migra')
  const { changes, s_from: connected } = await migra.run(one.adminUrl, other.adminUrl)
  const [before, wanted] = [
    await tables(changes.i_from, one),
    await tables(changes.i_target, other),
  ]
  return {
    before,
    wanted,
    again: async () =>
      tables(
        connected instanceof migra.PostgreSQL
          ? connected
          : await migra.PostgreSQL.create(connected),
        one,
      ),
  }
}

/** Reads the tables of a database outside the platform's schema. */
export async function inspectOne(url: string): Promise<Tables> {
  const { default: migra } = await import('@pgkit/migra')
  return tables(await migra.PostgreSQL.create(url), { adminUrl: url, ownerUrl: url })
}

async function tables(found: PostgreSQL, { adminUrl }: Scratch): Promise<Tables> {
  return onConnection({ url: adminUrl }, async (connection) => {
    const byHand = await readByHand(connection)
    const rights = await readRights(connection)
    return tablesOf(found, { byHand, rights, demanding: await readDemandingDomains(connection) })
  })
}
