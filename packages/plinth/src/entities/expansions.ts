import type { z } from 'zod'
import { decide } from '../access/index.ts'
import type { AnyEntity, Expanded, Expansion } from '../data/index.ts'
import { httpProblems } from '../http/index.ts'
import type { Asker } from './visible-rows.ts'
import { ownerFor } from './visible-rows.ts'

/** A reference that can be expanded: `category_id` becomes `category`. */
export interface Expandable {
  /** Name in `?expand=` and of the field in the answer. */
  readonly name: string
  readonly column: string
  readonly target: AnyEntity
}

/**
 * The references of an entity that can be expanded, one level deep and no further.
 * @throws TypeError for a target that nothing refers to, or a name that is taken
 */
export function expandablesOf(
  { name: entity, declaration }: AnyEntity,
  targets: readonly AnyEntity[],
): readonly Expandable[] {
  const taken = new Set(declaration.columns.map(({ name }) => name))
  return targets.flatMap((target) => {
    const columns = declaration.columns.filter(
      ({ reference, hidden }) => reference?.to === target.name && !hidden,
    )
    if (columns.length === 0) {
      throw new TypeError(
        `crud(${entity}): expand names "${target.name}", which no field refers to`,
      )
    }
    return columns.map(({ name: column }) => {
      const name = column.replace(/_id$/, '')
      if (taken.has(name) || name === column) {
        throw new TypeError(
          `crud(${entity}): "${column}" cannot be expanded; call it "${name}_id", and let no other field be "${name}"`,
        )
      }
      taken.add(name)
      return { name, column, target }
    })
  })
}

/** What expanded rows look like in the answer: only there when they were asked for. */
export function expandedFields(expandables: readonly Expandable[]): Record<string, z.ZodType> {
  return Object.fromEntries(
    expandables.map(({ name, column, target }) => [
      name,
      target.shown
        .nullable()
        .optional()
        .describe(`What ${column} refers to, with ?expand=${name}; null when it cannot be seen`),
    ]),
  )
}

/** Why a name in `?expand=` is refused. */
export function expandFault(expandables: readonly Expandable[], asked: string): string | undefined {
  if (expandables.some(({ name }) => name === asked)) return undefined
  return asked.includes('.')
    ? 'References are expanded one level deep.'
    : 'There is no such reference to expand.'
}

/**
 * What to read beside the rows.
 * @throws access.not_permitted when the caller may not read what is referred to
 */
export function expansionsFor(
  expandables: readonly Expandable[],
  names: readonly string[] | undefined,
  asker: Asker,
): readonly Expansion[] {
  if (names === undefined) return []
  return expandables
    .filter(({ name }) => names.includes(name))
    .map(({ column, target }) => {
      if (!decide({ access: target.can.read, changes: false, ...asker }).allowed)
        throw httpProblems.notPermitted()
      return { column, target, owner: ownerFor(target, asker) }
    })
}

/** A row's expanded fields as an answer carries them. */
export function presentExpanded(
  expandables: readonly Expandable[],
  expanded: Expanded,
  row: object,
): Record<string, unknown> {
  const values: Readonly<Record<string, unknown>> = { ...row }
  return Object.fromEntries(
    expandables.flatMap(({ name, column, target }) => {
      const rows = expanded.get(column)
      if (rows === undefined) return []
      const found = rows.get(String(values[column]))
      return [[name, found === undefined ? null : target.present(found)]]
    }),
  )
}
