import { createTableSql, foreignKeySql } from 'plinth/data'
import type { Declared } from './declared-sql.ts'

/** The tables of some entities as SQL, each after those that it refers to. */
export interface NewTables {
  /** One text for each table. */
  readonly texts: readonly string[]
  /** In the order in which they are made. */
  readonly entities: readonly Declared[]
  /** Keys of entities that refer to each other in a circle: made when all tables are there. */
  readonly keys: readonly string[]
}

/**
 * Puts the tables of entities in order.
 * @param fresh those to be made; the others are there already
 * @param all every entity that may be referred to
 */
export function newTables(fresh: readonly Declared[], all: readonly Declared[]): NewTables {
  const entities: Declared[] = []
  const [texts, keys]: [string[], string[]] = [[], []]
  const waiting = [...fresh]
  while (waiting.length > 0) {
    const missing = new Set(waiting.map(({ declaration }) => declaration.name))
    // In a circle none is ready: the first one goes ahead, and its key follows.
    const ready = waiting.findIndex((entity) => missingOf(entity, missing).length === 0)
    const [entity] = waiting.splice(Math.max(ready, 0), 1)
    if (entity === undefined) break
    const later = missingOf(entity, missing)
    const references = entity.declaration.references.filter((key) => !later.includes(key))
    entities.push(entity)
    texts.push(createTableSql({ declaration: { ...entity.declaration, references } }, all))
    for (const key of later) {
      const { schema, table } = entity.declaration
      const add = `alter table ${schema}.${table} add constraint ${key.name}`
      const known = all.map(({ declaration }) => declaration)
      keys.push(`${add}\n  ${foreignKeySql(key, entity.declaration, known)};\n`)
    }
  }
  return { texts, entities, keys }
}

function missingOf({ declaration }: Declared, missing: ReadonlySet<string>) {
  return declaration.references.filter(
    ({ to, target }) => target === 'entity' && to !== declaration.name && missing.has(to),
  )
}
