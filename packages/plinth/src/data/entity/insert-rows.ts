import { newId } from '../../kernel/index.ts'
import type { Db, Rows, Statement } from '../db.ts'
import type { EntityTable } from './entity-table.ts'
import { firstRow, run } from './entity-table.ts'
import type { InsertOptions } from './operations.ts'
import type { AnyRow, RawRow } from './read-row.ts'
import { checkRules, fillIn, parseFields } from './row-input.ts'
import { isViolation, namingViolations } from './violations.ts'

/** Statements that commit with a new row, in the same round trip; `at` is its place in the list. */
export type Beside = (id: string, at: number) => readonly Statement[]

interface NewRows {
  readonly id: string
  readonly statements: readonly Statement[]
}

/** Writes a new row. */
export async function insert(
  table: EntityTable,
  db: Db,
  given: InsertOptions & { readonly values: object; readonly beside: Beside },
): Promise<AnyRow> {
  const { statements } = newRow(table, db, given)
  const inserted = await namingViolations(table.declaration, () => runFirst(db, statements))
  return firstRow(table, inserted) ?? unseen(table)
}

/**
 * Writes new rows, all or none, in one round trip.
 * @throws entity.invalid, entity.conflict with the place in the list: `body/items/3/sku`
 */
export async function insertMany(
  table: EntityTable,
  db: Db,
  { list, ...same }: InsertOptions & { readonly list: readonly object[]; readonly beside: Beside },
): Promise<readonly AnyRow[]> {
  const rows = list.map((values, at) => newRow(table, db, { ...same, values, at }))
  if (rows.length === 0) return []
  const together = rows.flatMap(({ statements }) => statements)
  const answers = await asUnit(db, together).catch((error) => {
    if (isViolation(error)) return oneByOne(table, db, rows)
    throw error
  })
  let at = 0
  return rows.map(({ statements }) => {
    const answer = answers[at]
    at += statements.length
    return (answer && firstRow(table, answer)) ?? unseen(table)
  })
}

/** PostgreSQL does not say which statement of a unit failed: each is tried again by itself. */
function oneByOne(
  { declaration }: EntityTable,
  db: Db,
  rows: readonly NewRows[],
): Promise<readonly Rows<RawRow>[]> {
  return db.transaction(async (tx) => {
    const answers: Rows<RawRow>[] = []
    for (const [at, { statements }] of rows.entries()) {
      const place = { path: `body/items/${at}` }
      answers.push(...(await namingViolations(declaration, () => tx.batch(statements), place)))
    }
    return answers
  })
}

/** Inside a transaction a unit that fails must leave it usable. */
function asUnit(db: Db, statements: readonly Statement[]): Promise<readonly Rows<RawRow>[]> {
  return 'open' in db ? db.transaction((tx) => tx.batch(statements)) : db.batch(statements)
}

function newRow(
  { declaration, schemas, sql }: EntityTable,
  { clock }: Pick<Db, 'clock'>,
  { values, beside, at, mayRefer }: InsertOptions & { values: object; beside: Beside; at?: number },
): NewRows {
  const path = at === undefined ? 'body' : `body/items/${at}`
  const row = fillIn(declaration, parseFields(schemas.whole, values, path), clock)
  checkRules(declaration, row, path)
  const id = newId()
  return { id, statements: [sql.insert(id, row, mayRefer), ...beside(id, at ?? 0)] }
}

async function runFirst(db: Db, statements: readonly Statement[]): Promise<Rows<RawRow>> {
  const [first, ...others] = statements
  if (first !== undefined && others.length === 0) return run(db, first)
  const [answer = { rows: [], rowCount: 0 }] = await db.batch(statements)
  return answer
}

function unseen({ declaration: { name } }: EntityTable): never {
  throw new TypeError(`a new ${name} was written but its row did not come back`)
}
