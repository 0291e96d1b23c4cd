import type { Queryable } from '../db.ts'
import { grantChecks } from './grant-checks.ts'
import { keyChecks } from './key-checks.ts'
import { objectChecks } from './object-checks.ts'
import { SUBJECT } from './subject.ts'
import { tableChecks } from './table-checks.ts'
import { librarySchemas, tableRules } from './table-groups.ts'

/** Everything that the catalogue must satisfy, as data. */
export const catalogueChecks = [...tableChecks, ...keyChecks, ...objectChecks, ...grantChecks]

/**
 * Reads the catalogue of a live database and says what would let one tenant reach another: one
 * sentence for each fault, none when the wall stands. Any role may ask.
 */
export async function catalogueFaults(db: Pick<Queryable, 'query'>): Promise<string[]> {
  const values = [named('global'), named('tenant'), librarySchemas, privileges()]
  const faults: string[] = []
  for (const { sql } of catalogueChecks) {
    // Every check gets the same values; those that it does not use still need a type.
    const text = `${SUBJECT}, used as (select $1::text[], $2::text[], $3::text[], $4::text[]) ${sql}`
    const { rows } = await db.query<{ fault: string }>(text, values)
    faults.push(...rows.map(({ fault }) => fault))
  }
  return [...new Set(faults)].sort()
}

function named(group: 'global' | 'tenant'): readonly string[] {
  return Object.keys(tableRules).filter((name) => tableRules[name]?.group === group)
}

function privileges(): readonly string[] {
  return Object.entries(tableRules).flatMap(([name, { app }]) =>
    app.map((privilege) => `${name} ${privilege}`),
  )
}
