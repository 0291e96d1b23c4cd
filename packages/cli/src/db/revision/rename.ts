import { entity, sqlName } from 'plinth/data'
import { misuse } from '../../cli-error.ts'
import type { LiveTable } from './catalogue.ts'
import { keyOf } from './compare.ts'
import type { Declared } from './declared-sql.ts'
import { dropFunction, functionText } from './function-text.ts'
import type { Tables } from './inspect.ts'
import { nameOf } from './names.ts'
import type { Piece } from './piece.ts'

/** What `--rename` says: an entity that is called otherwise, or one of its columns. */
export interface Rename {
  readonly piece: Piece
  /** The new name of a table → its old one. */
  readonly table?: readonly [key: string, formerly: string]
  /** Of a column: its table, its new name, and its old one. */
  readonly column?: readonly [key: string, name: string, formerly: string]
  /** The tables as they are called then, for the renames that follow. */
  readonly after: Tables
}

/** Reads every rename, those of entities first: columns go by the new name of theirs. */
export function renamesOf(
  texts: readonly string[],
  written: Tables,
  entities: readonly Declared[],
): Rename[] {
  const isColumn = (text: string) => text.includes('.')
  const ordered = [...texts.filter((text) => !isColumn(text)), ...texts.filter(isColumn)]
  const renames: Rename[] = []
  for (const text of ordered) {
    renames.push(renameOf(text, renames.at(-1)?.after ?? written, entities))
  }
  return renames
}

const GRAMMAR = /^([a-z]\w*)(?:\.([a-z]\w*))?=([a-z]\w*)$/

/**
 * Reads `product.cost=price` or `product=item`.
 * @throws CliError when it does not fit what is declared and what there is
 */
function renameOf(text: string, written: Tables, entities: readonly Declared[]): Rename {
  const [, owner = '', from, to = ''] = GRAMMAR.exec(text) ?? []
  if (owner === '')
    throw misuse(`--rename takes product.cost=price or product=item, not "${text}".`)
  return from === undefined
    ? renamedEntity({ from: owner, to }, written, entities)
    : renamedColumn({ owner, from, to }, written, entities)
}

function renamedColumn(
  { owner, from, to }: { owner: string; from: string; to: string },
  written: Tables,
  entities: readonly Declared[],
): Rename {
  const declared = entities.find(({ declaration }) => declaration.name === owner)
  if (declared === undefined) throw misuse(`--rename: no entity is called "${owner}".`)
  const table = written.get(keyOf(declared))
  const known = declared.declaration.columns.some(({ name }) => name === to)
  if (!table?.columns.has(from) || !known || table.columns.has(to)) {
    throw misuse(
      `--rename ${owner}.${from}=${to}: the migrations must have a column ${from}, and the entity a new field ${to}.`,
    )
  }
  const alter = `alter table ${nameOf(table)} rename column`
  const say = (one: string, other: string) => `${alter} ${sqlName(one)} to ${sqlName(other)}`
  const columns = new Map([...table.columns].map(([name, one]) => [name === from ? to : name, one]))
  return {
    after: new Map([...written, [keyOf(declared), { ...table, columns }]]),
    column: [keyOf(declared), to, from],
    piece: { stage: 'rename', about: to, up: [say(from, to)], down: [say(to, from)] },
  }
}

function renamedEntity(
  { from, to }: { from: string; to: string },
  written: Tables,
  entities: readonly Declared[],
): Rename {
  const declared = entities.find(({ declaration }) => declaration.name === to)
  const names = [from, entity(from, {}).plural]
  const old = [...written.values()].find(
    ({ schema, name }) => schema === 'app' && names.includes(name),
  )
  if (declared === undefined || old === undefined || written.has(keyOf(declared))) {
    throw misuse(
      `--rename ${from}=${to}: the migrations must have a table of "${from}", and "${to}" must be a new entity.`,
    )
  }
  const { table } = declared.declaration
  const up = `alter table ${nameOf(old)} rename to ${sqlName(table)}`
  const fresh = { schema: old.schema, name: table }
  const down = `alter table ${nameOf(fresh)} rename to ${sqlName(old.name)}`
  const trigger = (one: string, other: string) =>
    `alter trigger ${one}_touch on ${nameOf(fresh)} rename to ${other}_touch`
  const others = [...written].filter(([, one]) => one !== old)
  return {
    after: new Map([...others, [keyOf(declared), { ...old, name: table }]]),
    table: [keyOf(declared), old.name],
    piece: {
      stage: 'rename',
      about: table,
      up: [...dropped(old), up, trigger(old.name, table)],
      down: [trigger(table, old.name), down, ...restored(old)],
    },
  }
}

/** The search function is called after the table; the new one is made with the rest. */
function dropped({ schema, functions }: LiveTable): string[] {
  return [...functions.keys()].map((name) => dropFunction(schema, name))
}

function restored({ schema, functions }: LiveTable): string[] {
  return [...functions].flatMap(([name, live]) => functionText(schema, name, live))
}
