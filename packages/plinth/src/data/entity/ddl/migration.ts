import type { Declaration } from '../declaration.ts'
import type { AnyEntity } from '../entity.ts'
import { createTableSql, dropTableSql } from './create-table.ts'

type Declared = Pick<AnyEntity, 'declaration'>

/** The two files of a migration. */
export interface MigrationText {
  readonly up: string
  readonly down: string
}

/**
 * The migration that creates an entity's table.
 * @param others the entities that it refers to; their tables exist already
 */
export function migrationFor(entity: Declared, others: readonly Declared[] = []): MigrationText {
  return { up: createTableSql(entity, others), down: dropTableSql(entity) }
}

/**
 * One migration that creates the tables of several entities, each after those it refers to.
 * @throws TypeError when entities refer to each other in a circle: add that key in a migration of
 *   its own
 */
export function migrationForAll(entities: readonly Declared[]): MigrationText {
  const ordered = inOrder(entities)
  return {
    up: ordered.map((entity) => createTableSql(entity, entities)).join('\n'),
    down: ordered.toReversed().map(dropTableSql).join(''),
  }
}

function inOrder(entities: readonly Declared[]): Declared[] {
  const done: Declared[] = []
  let waiting = [...entities]
  while (waiting.length > 0) {
    const missing = new Set(waiting.map(({ declaration }) => declaration.name))
    const ready = waiting.filter(({ declaration }) => !waitsFor(declaration, missing))
    if (ready.length === 0) {
      throw new TypeError(
        `these entities refer to each other in a circle: ${[...missing].join(', ')}`,
      )
    }
    done.push(...ready)
    waiting = waiting.filter((entity) => !ready.includes(entity))
  }
  return done
}

function waitsFor({ name, references }: Declaration, missing: ReadonlySet<string>): boolean {
  return references.some(({ to, target }) => target === 'entity' && to !== name && missing.has(to))
}
