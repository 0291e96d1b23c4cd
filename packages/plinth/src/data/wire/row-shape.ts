import { rowValues } from '../row-values.ts'

/** A row as statements answer it. */
export type Row = Record<string, unknown>

/** One column as the server describes it. */
export interface ColumnDescription {
  readonly name: string
  readonly dataTypeID: number
}

type Parse = (text: string) => unknown

/**
 * How the rows of one statement are read. Made once for each prepared statement: which column is of
 * which type does not change under its name.
 */
export class RowShape {
  readonly #names: readonly string[]
  readonly #parsers: readonly Parse[]
  /** A copy of this has all columns already, so that filling it changes no object's layout. */
  readonly #empty: Readonly<Row>

  constructor(columns: readonly ColumnDescription[]) {
    this.#names = columns.map(({ name }) => name)
    this.#parsers = columns.map(
      ({ dataTypeID }): Parse => rowValues.getTypeParser(dataTypeID, 'text'),
    )
    const row: Row = Object.create(null)
    for (const name of this.#names) row[name] = null
    this.#empty = { ...row }
  }

  /** A row of the values that the server sent as texts. */
  read(values: readonly (string | null)[]): Row {
    const row: Row = { ...this.#empty }
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at]
      const name = this.#names[at]
      const parse = this.#parsers[at]
      if (typeof value === 'string' && name !== undefined && parse !== undefined) {
        row[name] = parse(value)
      }
    }
    return row
  }
}
