import type { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import type { Db, Rows, Statement } from '../db.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { Declaration } from './declaration.ts'
import { entityProblems } from './entity.errors.ts'
import type { AnyRow, RawRow } from './read-row.ts'
import { rowReader } from './read-row.ts'
import { checkRules, fillIn, parseFields } from './row-input.ts'
import type { EntityStatements, Values } from './statements.ts'
import { statementsOf } from './statements.ts'
import { namingViolations } from './violations.ts'

/** What a list may be asked for. */
export interface ListOptions {
  /** Rows of a page; 50 by default. */
  readonly limit?: number
  /** Rows to skip; 0 by default. */
  readonly offset?: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string
  /** `exact` counts all rows, which costs many times the page itself. */
  readonly count?: 'exact'
}

/** One page of rows, newest first. */
export interface Page<R> {
  readonly items: readonly R[]
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null
  /** All rows of the tenant, null unless they were asked for. */
  readonly total: number | null
}

/** Reading and writing the rows of one entity, in the tenant of the `Db` or `Tx` it is given. */
export interface Operations {
  find(db: Db, id: string): Promise<AnyRow | undefined>
  get(db: Db, id: string): Promise<AnyRow>
  list(db: Db, options?: ListOptions): Promise<Page<AnyRow>>
  insert(db: Db, values: object, beside?: (id: string) => readonly Statement[]): Promise<AnyRow>
  update(db: Db, id: string, changes: object, options?: UpdateOptions): Promise<AnyRow>
  remove(db: Db, id: string, options?: UpdateOptions): Promise<void>
}

/** When a change may happen. */
export interface UpdateOptions {
  /** Only if this is still the current version; else `entity.stale`. */
  readonly version?: number
}

interface Table {
  readonly declaration: Declaration
  readonly schemas: { readonly whole: z.ZodType; readonly changes: z.ZodType }
  readonly sql: EntityStatements
  readonly read: (raw: RawRow) => AnyRow
}

interface Change {
  readonly id: string
  readonly version?: number | undefined
}

const ATTEMPTS = 5

/** Makes the operations of an entity; their SQL is compiled here, once. */
export function operationsOf(declaration: Declaration, schemas: Table['schemas']): Operations {
  const table: Table = {
    declaration,
    schemas,
    sql: statementsOf(declaration),
    read: rowReader(declaration),
  }
  return {
    find: (db, id) => find(table, db, id),
    get: (db, id) => current(table, db, { id }),
    list: (db, options = {}) => list(table, db, options),
    insert: (db, values, beside = () => []) => insert(table, db, { values, beside }),
    update: (db, id, changes, options = {}) => update(table, db, { id, changes, ...options }),
    remove: (db, id, options = {}) => remove(table, db, { id, ...options }),
  }
}

async function find(table: Table, db: Db, id: string): Promise<AnyRow | undefined> {
  return firstRow(table, await run(db, table.sql.find(id)))
}

async function list(table: Table, db: Db, options: ListOptions): Promise<Page<AnyRow>> {
  const { limit = 50, offset = 0, cursor, count } = options
  const after = cursor === undefined ? undefined : readCursor(cursor)
  // One row more than the page tells whether there is a next one.
  const wanted = table.sql.list({ limit: limit + 1, offset, after })
  const [page, total] =
    count === 'exact' ? await db.batch([wanted, table.sql.count()]) : [await run(db, wanted)]
  const rows = (page?.rows ?? []).map((raw) => table.read(raw))
  const items = rows.slice(0, limit)
  const last = rows.length > limit ? items.at(-1) : undefined
  return {
    items,
    nextCursor:
      last === undefined ? null : writeCursor({ createdAt: last.created_at, id: last.id }),
    total: total === undefined ? null : Number(total.rows[0]?.['total']),
  }
}

async function insert(
  table: Table,
  db: Db,
  { values, beside }: { values: object; beside: (id: string) => readonly Statement[] },
): Promise<AnyRow> {
  const { declaration, schemas, sql } = table
  const row = fillIn(declaration, parseFields(schemas.whole, values))
  checkRules(declaration, row)
  const id = newId()
  const [first, ...others] = [sql.insert(id, row), ...beside(id)]
  const inserted = await namingViolations(declaration, () => runFirst(db, first, others))
  return firstRow(table, inserted) ?? unseen(declaration)
}

async function update(
  table: Table,
  db: Db,
  { id, changes, version }: Change & { readonly changes: object },
): Promise<AnyRow> {
  const parsed = parseFields(table.schemas.changes, changes)
  if (Object.keys(parsed).length === 0) return current(table, db, { id, version })
  if (table.declaration.rules.length > 0) return updateByRules(table, db, { id, parsed, version })
  const written = await write(table, db, { id, parsed, version })
  return written ?? refuse(table, db, id)
}

/**
 * Rules look at the whole row, so the row is read first and written only if it is still the same;
 * another writer in between means one more look.
 */
async function updateByRules(
  table: Table,
  db: Db,
  { id, parsed, version }: Change & { readonly parsed: Values },
): Promise<AnyRow> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const row = await current(table, db, { id, version })
    checkRules(table.declaration, { ...row, ...parsed })
    const written = await write(table, db, { id, parsed, version: row.version })
    if (written !== undefined) return written
  }
  throw entityProblems.stale(`other writers came first ${ATTEMPTS} times`)
}

async function write(
  table: Table,
  db: Db,
  { id, parsed, version }: Change & { readonly parsed: Values },
): Promise<AnyRow | undefined> {
  const statement = table.sql.update(id, parsed, version)
  return firstRow(table, await namingViolations(table.declaration, () => run(db, statement)))
}

async function remove(table: Table, db: Db, { id, version }: Change): Promise<void> {
  const statement = table.sql.remove(id, version)
  const removed = await namingViolations(table.declaration, () => run(db, statement))
  if (removed.rowCount === 0) await refuse(table, db, id)
}

/** The row as it is now, if it is there and is the version that the caller means. */
async function current(table: Table, db: Db, { id, version }: Change): Promise<AnyRow> {
  const row = await find(table, db, id)
  if (row === undefined) throw entityProblems.notFound()
  if (version !== undefined && row.version !== version) throw entityProblems.stale()
  return row
}

/** Says why a statement found no row to change: it is gone, or no longer that version. */
async function refuse(table: Table, db: Db, id: string): Promise<never> {
  const row = await find(table, db, id)
  throw row === undefined ? entityProblems.notFound() : entityProblems.stale()
}

function firstRow(table: Table, { rows: [raw] }: Rows<RawRow>): AnyRow | undefined {
  return raw === undefined ? undefined : table.read(raw)
}

function run(db: Db, { text, values }: Statement): Promise<Rows<RawRow>> {
  return db.query(text, values)
}

async function runFirst(
  db: Db,
  first: Statement,
  others: readonly Statement[],
): Promise<Rows<RawRow>> {
  if (others.length === 0) return run(db, first)
  const [answer = { rows: [], rowCount: 0 }] = await db.batch([first, ...others])
  return answer
}

function unseen({ name }: Declaration): never {
  throw new TypeError(`a new ${name} was written but its row did not come back`)
}
