import type { z } from 'zod'
import { schemas } from '../roles/role-names.ts'
import type { Column } from './column.ts'
import { columnOf } from './column.ts'
import type { DeclaredOptions } from './declared-options.ts'
import { checkOptions, computedOf } from './declared-options.ts'
import { impliedColumns } from './implied-columns.ts'
import type { TableKeys } from './keys.ts'
import { keysOf } from './keys.ts'
import { isName, objectName } from './names.ts'
import { checkArguments } from './option-forms.ts'
import { pluralOf } from './plural.ts'
import type { Ownership } from './row.ts'
import { SEARCH_COLUMN } from './search-column.ts'

/** An entity as data: what the schemas, the SQL and the catalogue check are derived from. */
export interface Declaration extends TableKeys {
  readonly name: string
  readonly plural: string
  /** Where the table stands. */
  readonly schema: string
  readonly table: string
  /** Whether migrations made from this declaration create the table. */
  readonly migrated: 'here' | 'elsewhere'
  /** Whose rows they are: `person` adds the column `owner_id`, `nobody` has no tenant and no RLS. */
  readonly owned: Ownership
  /** Whether deleting sets `deleted_at`, a column that this adds, and leaves the row. */
  readonly softDelete: boolean
  /** Column of the table that is `id` in rows and on the wire. */
  readonly key: string
  /** Column of the table that holds the tenant; undefined where the rows are nobody's. */
  readonly tenant: string | undefined
  /** Declared fields, then those that options add. */
  readonly columns: readonly Column[]
  /** Text columns that `searchFunction` looks through. */
  readonly search: readonly string[]
  /** The column of their words, which no row carries; undefined where nothing is searched. */
  readonly searchColumn: string | undefined
  /**
   * `app.products_search(q text, n integer)`: the ids of the newest `n` rows of the tenant that hold
   * every word of `q`. Undefined where nothing is searched.
   */
  readonly searchFunction: string | undefined
  /** Names of the columns that hold personal data. */
  readonly pii: readonly string[]
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

/**
 * Reads a declaration.
 * @throws TypeError with one sentence that names the entity and the field or option at fault
 */
export function declarationOf(
  name: string,
  shape: Readonly<Record<string, z.ZodType>>,
  options: DeclaredOptions,
): Declaration {
  checkArguments(name, shape, options)
  const plural = options.plural ?? pluralOf(name)
  if (!isName(name) || !isName(plural)) {
    throw new TypeError(
      `entity "${name}": name and plural must look like [a-z][a-z0-9_]*, at most 40`,
    )
  }
  const declared = Object.entries(shape).map(([field, schema]) =>
    namingFault(`entity "${name}", field "${field}"`, () =>
      columnOf(field, schema, optionsOf(field, options)),
    ),
  )
  const rest = namingFault(`entity "${name}"`, () => tableOf(plural, declared, options))
  return Object.freeze({ name, plural, ...rest })
}

function tableOf(plural: string, declared: readonly Column[], options: DeclaredOptions) {
  const { owned = 'tenant', softDelete = false, search = [], pii = [], rules = [] } = options
  const columns = [...declared, ...impliedColumns(owned, softDelete)]
  checkOptions(options, columns)
  const place = options.table ?? { ...HERE, name: plural }
  const { schema, name: table, migrated } = place
  const searched = search.length > 0
  return {
    schema,
    table,
    migrated,
    owned,
    softDelete,
    key: place.key ?? 'id',
    tenant: owned === 'nobody' ? undefined : (place.tenant ?? 'tenant_id'),
    columns,
    search,
    searchColumn: searched ? SEARCH_COLUMN : undefined,
    searchFunction: searched ? `${schema}.${objectName(table, 'search')}` : undefined,
    pii,
    ...keysOf({ table, columns, owned, softDelete, search, options }),
    rules,
    computed: computedOf(
      options,
      columns.map(({ name }) => name),
    ),
  }
}

const HERE = {
  schema: schemas.service,
  migrated: 'here',
  key: undefined,
  tenant: undefined,
} as const

function optionsOf(field: string, { hidden, serverOnly, pii }: DeclaredOptions) {
  return {
    hidden: hidden?.includes(field) ?? false,
    serverOnly: serverOnly?.includes(field) ?? false,
    pii: pii?.includes(field) ?? false,
  }
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
