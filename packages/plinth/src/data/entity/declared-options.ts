import type { RawBuilder } from 'kysely'
import type { z } from 'zod'
import { schemas } from '../roles/role-names.ts'
import type { Column } from './column.ts'
import { columnNamed, instead } from './column-names.ts'
import type { Computed, RowRule } from './declaration.ts'
import { BASE_COLUMNS } from './list/base-columns.ts'
import { isName } from './names.ts'
import { checkForms } from './option-forms.ts'
import type { Ownership } from './row.ts'

/** The options of a declaration without their types. */
export interface DeclaredOptions {
  readonly hidden?: readonly string[]
  readonly serverOnly?: readonly string[]
  readonly unique?: readonly (readonly string[])[]
  readonly index?: readonly (readonly string[])[]
  readonly search?: readonly string[]
  readonly pii?: readonly string[]
  readonly check?: { readonly [name: string]: RawBuilder<unknown> }
  readonly rules?: readonly RowRule[]
  readonly computed?: { readonly [name: string]: readonly [z.ZodType, (row: object) => unknown] }
  readonly owned?: Ownership
  readonly softDelete?: boolean
  readonly plural?: string
  readonly table?: TablePlace
}

/** A table that was there before. */
export interface TablePlace {
  readonly schema: string
  readonly name: string
  /** Its identifying column, a uuid; `id` by default. */
  readonly key?: string
  /** Its column that names the tenant; `tenant_id` by default. */
  readonly tenant?: string
  readonly migrated: 'elsewhere'
}

const OPTIONS = [
  'hidden',
  'serverOnly',
  'unique',
  'index',
  'search',
  'pii',
  'check',
  'rules',
  'computed',
  'owned',
  'softDelete',
  'plural',
  'table',
] as const satisfies readonly (keyof DeclaredOptions)[]

const OWNERSHIPS: readonly string[] = ['tenant', 'person', 'nobody'] satisfies Ownership[]
const PLACE: readonly string[] = ['schema', 'name', 'key', 'tenant', 'migrated']

/**
 * Holds the options against the columns.
 * @throws TypeError that names the option, and the column that was probably meant
 */
export function checkOptions(options: DeclaredOptions, columns: readonly Column[]): void {
  const stranger = Object.keys(options).find((name) => !OPTIONS.some((known) => known === name))
  if (stranger !== undefined) {
    throw new TypeError(`there is no option "${stranger}"${instead(stranger, OPTIONS)}`)
  }
  checkForms(options)
  const { owned = 'tenant', rules = [] } = options
  if (!OWNERSHIPS.includes(owned)) {
    throw new TypeError(`owned is "${owned}"; say 'tenant', 'person' or 'nobody'`)
  }
  const names = columns.map(({ name }) => name)
  for (const option of ['hidden', 'serverOnly', 'search', 'pii'] as const) {
    for (const name of options[option] ?? []) columnNamed(option, name, names)
  }
  for (const { path } of rules) columnNamed('rules', path, names)
  for (const name of options.search ?? []) checkSearched(name, columns)
  if (options.table !== undefined) checkPlace(options.table, options, names)
}

function checkSearched(name: string, columns: readonly Column[]): void {
  const column = columns.find((one) => one.name === name)
  if (column?.kind.name !== 'text') {
    throw new TypeError(`search names "${name}", which is no text; only z.string() is searched`)
  }
  if (column.hidden) {
    throw new TypeError(`search names "${name}", which is hidden: whoever searches could guess it`)
  }
}

function checkPlace(
  place: TablePlace,
  { owned, search = [] }: DeclaredOptions,
  names: readonly string[],
): void {
  const stranger = Object.keys(place).find((name) => !PLACE.includes(name))
  if (stranger !== undefined) {
    throw new TypeError(`table has no "${stranger}"${instead(stranger, PLACE)}`)
  }
  const { schema, name, key = 'id', tenant = 'tenant_id' } = place
  for (const [part, text] of Object.entries({ schema, name, key, tenant })) {
    if (!isName(text)) throw new TypeError(`table.${part} "${text}" must look like [a-z][a-z0-9_]*`)
  }
  if (schema === schemas.platform) {
    throw new TypeError(
      `the tables of the schema "${schema}" are the platform's; ask what it serves, or refer to its ids`,
    )
  }
  const twice = names.find((one) => one === key || one === tenant)
  if (twice !== undefined) {
    throw new TypeError(`"${twice}" is named as key or tenant of the table; leave the field out`)
  }
  if (place.migrated !== 'elsewhere') {
    throw new TypeError("table is for one that was there before; say migrated: 'elsewhere'")
  }
  if (search.length > 0) {
    throw new TypeError('search needs a column and a function that migrations of Plinth make')
  }
  if (owned === 'person') {
    throw new TypeError("owned: 'person' needs a foreign key that migrations of Plinth make")
  }
  if (owned === 'nobody' && place.tenant !== undefined) {
    throw new TypeError('a table of nobody has no tenant column; leave out owned or table.tenant')
  }
}

/** The computed fields of the options. */
export function computedOf(
  { computed = {} }: DeclaredOptions,
  names: readonly string[],
): Computed[] {
  const taken = new Set([...names, ...BASE_COLUMNS.map((column) => column.name), 'tenant_id'])
  return Object.entries(computed).map(([name, [schema, from]]) => {
    if (taken.has(name) || !isName(name)) {
      throw new TypeError(`computed field "${name}" needs a name of its own, like [a-z][a-z0-9_]*`)
    }
    return { name, schema, from }
  })
}
