import type { Declaration } from './declaration.ts'
import { BASE_COLUMNS } from './statements.ts'

/** A row as the driver gives it. */
export type RawRow = Readonly<Record<string, unknown>>

/** A row whose fields are not known at compile time. */
export interface AnyRow {
  readonly id: string
  readonly version: number
  readonly created_at: string
  readonly updated_at: string
}

/** Makes the function that turns a row of the driver into a row of the entity. */
export function rowReader({ name, columns }: Declaration): (raw: RawRow) => AnyRow {
  const fields = [...columns, ...BASE_COLUMNS].sort((a, b) => placeOf(a.name) - placeOf(b.name))
  return (raw) => {
    const row: Record<string, unknown> = {}
    for (const { name: column, nullable, kind } of fields) {
      const value = raw[column]
      if (value !== null && value !== undefined) {
        row[column] = kind.read === undefined ? value : kind.read(value)
      } else if (nullable) {
        row[column] = null
      } else {
        // Never an empty text in its place: the table and the declaration have come apart.
        throw new TypeError(`${name}.${column} is declared NOT NULL and came back as null`)
      }
    }
    // Each column above was read by its declared kind, the base columns among them.
    return row as Readonly<Record<string, unknown>> & AnyRow
  }
}

/** The id stands first in a row, the rest of the base columns last. */
function placeOf(column: string): number {
  if (column === 'id') return -1
  return BASE_COLUMNS.some(({ name }) => name === column) ? 1 : 0
}
