import type { RawBuilder } from 'kysely'
import type { z } from 'zod'
import { schemas } from '../roles/role-names.ts'
import type { Column } from './column.ts'
import { columnOf } from './column.ts'
import type { TableKeys } from './keys.ts'
import { keysOf } from './keys.ts'
import { isName, pluralOf } from './names.ts'

/** An entity as data: what the schemas, the SQL and the catalogue check are derived from. */
export interface Declaration extends TableKeys {
  readonly name: string
  readonly plural: string
  /** Where the table stands. */
  readonly schema: string
  readonly table: string
  /** Whether migrations made from this declaration create the table. */
  readonly migrated: 'here' | 'elsewhere'
  readonly columns: readonly Column[]
  readonly rules: readonly RowRule[]
  readonly computed: readonly Computed[]
}

/** A condition over several fields; the types of the row were checked where it was declared. */
export interface RowRule {
  readonly message: string
  readonly path: string
  readonly holds: (row: object) => boolean
}

/** A field that is shown but not stored. */
export interface Computed {
  readonly name: string
  readonly schema: z.ZodType
  readonly from: (row: object) => unknown
}

/** The options of a declaration without their types. */
export interface DeclaredOptions {
  readonly hidden?: readonly string[]
  readonly serverOnly?: readonly string[]
  readonly unique?: readonly (readonly string[])[]
  readonly index?: readonly (readonly string[])[]
  readonly check?: { readonly [name: string]: RawBuilder<unknown> }
  readonly rules?: readonly RowRule[]
  readonly computed?: { readonly [name: string]: readonly [z.ZodType, (row: object) => unknown] }
  readonly plural?: string
  readonly table?: {
    readonly schema: string
    readonly name: string
    readonly migrated: 'elsewhere'
  }
}

/**
 * Reads a declaration.
 * @throws TypeError with one sentence that names the entity and the field or option at fault
 */
export function declarationOf(
  name: string,
  shape: Readonly<Record<string, z.ZodType>>,
  options: DeclaredOptions,
): Declaration {
  const plural = options.plural ?? pluralOf(name)
  if (!isName(name) || !isName(plural)) {
    throw new TypeError(
      `entity "${name}": name and plural must look like [a-z][a-z0-9_]*, at most 40`,
    )
  }
  const columns = Object.entries(shape).map(([field, schema]) =>
    namingFault(`entity "${name}", field "${field}"`, () =>
      columnOf(field, schema, wireOf(field, options)),
    ),
  )
  const { schema, name: table, migrated } = options.table ?? { ...HERE, name: plural }
  const within = `entity "${name}"`
  const keys = namingFault(within, () => keysOf(table, columns, options))
  const computed = namingFault(within, () => computedOf(shape, options.computed ?? {}))
  return Object.freeze({
    name,
    plural,
    schema,
    table,
    migrated,
    columns,
    ...keys,
    rules: options.rules ?? [],
    computed,
  })
}

const HERE = { schema: schemas.service, migrated: 'here' } as const

function wireOf(field: string, { hidden, serverOnly }: DeclaredOptions) {
  return {
    hidden: hidden?.includes(field) ?? false,
    serverOnly: serverOnly?.includes(field) ?? false,
  }
}

function computedOf(shape: object, computed: NonNullable<DeclaredOptions['computed']>): Computed[] {
  return Object.entries(computed).map(([name, [schema, from]]) => {
    if (name in shape || !isName(name)) {
      throw new TypeError(`computed field "${name}" needs a name of its own, like [a-z][a-z0-9_]*`)
    }
    return { name, schema, from }
  })
}

function namingFault<T>(where: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new TypeError(`${where}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}
