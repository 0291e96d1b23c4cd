import { dropTableSql } from 'plinth/data'
import type { LiveTable } from './catalogue.ts'
import { columnPieces } from './column-pieces.ts'
import { constraintPieces } from './constraint-pieces.ts'
import { type Declared, declaredSql } from './declared-sql.ts'
import { dropFunction } from './function-text.ts'
import { indexPieces } from './index-pieces.ts'
import { nameOf } from './names.ts'
import { newTables } from './new-tables.ts'
import { losing, type Piece } from './piece.ts'
import { securityPieces } from './security-pieces.ts'
import { tableText } from './table-text.ts'

/** The tables of the committed migrations and of the declared entities. */
export interface Compared {
  readonly written: ReadonlyMap<string, LiveTable>
  readonly declared: ReadonlyMap<string, LiveTable>
  readonly entities: readonly Declared[]
}

/** What has gone and come since the last migration; a name on each side may be one thing renamed. */
export interface Changes {
  readonly pieces: readonly Piece[]
  /** Entities that have no table yet. */
  readonly fresh: readonly Declared[]
  /** Tables of entities that are not declared any more. */
  readonly gone: readonly LiveTable[]
  /** Columns that went and came, by entity. */
  readonly columns: readonly { entity: string; gone: readonly string[]; come: readonly string[] }[]
  /** Names of the entities that differ. */
  readonly entities: readonly string[]
}

/** Holds the tables of the committed migrations against the declared ones. */
export function compare({ written, declared, entities }: Compared): Changes {
  const here = entities.filter(({ declaration }) => declaration.migrated === 'here')
  const known = new Set(entities.map(keyOf))
  const fresh = here.filter((entity) => !written.has(keyOf(entity)))
  const gone = [...written].filter(([key, table]) => !known.has(key) && isEntityTable(table))
  const both = here.flatMap((entity) => {
    const [live, wanted] = [written.get(keyOf(entity)), declared.get(keyOf(entity))]
    return live && wanted ? [{ entity, live, wanted }] : []
  })
  const changed = both.map((one) => ({ ...one, pieces: piecesOf(one, entities) }))
  return {
    pieces: [
      ...changed.flatMap(({ pieces }) => pieces),
      ...referringFirst(gone.map(([, table]) => table)).map(droppedTable),
      ...freshPieces(fresh, entities),
    ],
    fresh,
    gone: gone.map(([, table]) => table),
    columns: both.map(({ entity, live, wanted }) => ({
      entity: entity.declaration.name,
      gone: lacking(live, wanted),
      come: lacking(wanted, live),
    })),
    entities: [
      ...gone.map(([, { name }]) => name),
      ...fresh.map(({ declaration }) => declaration.name),
      ...changed
        .filter(({ pieces }) => pieces.length > 0)
        .map((one) => one.entity.declaration.name),
    ],
  }
}

/** The table of an entity as the catalogue names it. */
export function keyOf({ declaration }: Declared): string {
  return `${declaration.schema}.${declaration.table}`
}

/** A table with the trigger that every entity's table has; others are kept by hand. */
function isEntityTable(table: LiveTable): boolean {
  return table.schema === 'app' && table.triggers.has(`${table.name}_touch`)
}

/** Columns of data that one table has and the other lacks. */
function lacking(one: LiveTable, other: LiveTable): string[] {
  const own = [...one.columns].filter(
    ([name, { generated }]) => !generated && !other.columns.has(name),
  )
  return own.map(([name]) => name)
}

function piecesOf(
  { entity, live, wanted }: { entity: Declared; live: LiveTable; wanted: LiveTable },
  all: readonly Declared[],
): Piece[] {
  if (primaryKeyOf(live) !== primaryKeyOf(wanted)) {
    throw new Error(
      `${nameOf(live)} changes its primary key, as when the rows get or lose their tenant: that takes a migration written by hand`,
    )
  }
  const sql = declaredSql(entity, all)
  return [columnPieces, constraintPieces, indexPieces, securityPieces].flatMap((pieces) =>
    pieces(live, wanted, sql),
  )
}

function primaryKeyOf({ constraints }: LiveTable): string | undefined {
  return [...constraints.values()].find((text) => text.startsWith('PRIMARY KEY'))
}

/** A table goes before those that it refers to. */
function referringFirst(tables: readonly LiveTable[]): LiveTable[] {
  const refersTo = (one: LiveTable, other: LiveTable): boolean =>
    one !== other &&
    [...one.constraints.values()].some((text) => text.includes(`REFERENCES ${nameOf(other)}(`))
  const rest = [...tables]
  const ordered: LiveTable[] = []
  while (rest.length > 0) {
    const free = rest.findIndex((table) => !rest.some((other) => refersTo(other, table)))
    ordered.push(...rest.splice(Math.max(free, 0), 1))
  }
  return ordered
}

function droppedTable(table: LiveTable): Piece {
  const loses = `every row of ${nameOf(table)}`
  const functions = [...table.functions.keys()].map((name) => dropFunction(table.schema, name))
  return {
    stage: 'drop',
    about: table.name,
    loses,
    up: [losing(loses), ...functions, `drop table ${nameOf(table)}`],
    down: tableText(table),
  }
}

function freshPieces(fresh: readonly Declared[], all: readonly Declared[]): Piece[] {
  const { texts, entities, keys } = newTables(fresh, all)
  const made = entities.map((entity, at): Piece => {
    const down = [dropTableSql(entity).trim().replace(/;$/, '')]
    return { stage: 'table', about: entity.declaration.table, up: [texts[at] ?? ''], down }
  })
  const bound = keys.map((key): Piece => {
    const [, table = '', name = ''] = /^alter table (\S+) add constraint (\w+)/.exec(key) ?? []
    const down = [`alter table ${table} drop constraint ${name}`]
    return { stage: 'table', about: name, up: [key], down }
  })
  return [...made, ...bound]
}
