import { types } from 'pg'
import { rowValues } from '../row-values.ts'
import { int32At, integerAt, isAscii, isWritten, MOMENT_BYTES, writeMoment } from './row-bytes.ts'

/** A row as statements answer it. */
export type Row = Record<string, unknown>

/** One column as the server describes it. */
export interface ColumnDescription {
  readonly name: string
  readonly dataTypeID: number
}

type Parse = (text: string) => unknown

/** What the bytes of a value can be. */
type Form = 'integer' | 'moment' | 'ascii' | 'text'

interface Column {
  readonly name: string
  readonly form: Form
  readonly parse: Parse
}

const { INT2, INT4, INT8, BOOL, DATE, NUMERIC, TIMESTAMP, TIMESTAMPTZ, UUID } = types.builtins

/** Forms of the types whose values are never written with anything but ASCII. */
const FORMS: ReadonlyMap<number, Form> = new Map<number, Form>([
  [INT2, 'integer'],
  [INT4, 'integer'],
  [TIMESTAMPTZ, 'moment'],
  ...[INT8, BOOL, DATE, NUMERIC, TIMESTAMP, UUID].map((oid) => [oid, 'ascii'] as const),
])

/** Rows up to this size are read as one text; of larger ones each field, so that none keeps the rest alive. */
const LARGEST_WHOLE = 1_024
const COUNT_BYTES = 2
const LENGTH_BYTES = 4
/** The length of a field without a value. */
const NULL = -1

/**
 * How the rows of one statement are read. Made once for each prepared statement: which column is of
 * which type does not change under its name.
 */
export class RowShape {
  readonly #columns: readonly Column[]
  readonly #hasMoments: boolean
  /** A copy of this has all columns already, so that filling it changes no object's layout. */
  readonly #empty: Readonly<Row>

  constructor(columns: readonly ColumnDescription[]) {
    this.#columns = columns.map(({ name, dataTypeID }) => ({
      name,
      form: FORMS.get(dataTypeID) ?? 'text',
      parse: rowValues.getTypeParser(dataTypeID, 'text'),
    }))
    this.#hasMoments = this.#columns.some(({ form }) => form === 'moment')
    const row: Row = Object.create(null)
    for (const { name } of this.#columns) row[name] = null
    this.#empty = { ...row }
  }

  /** A row of the values that the server sent as texts. */
  read(values: readonly (string | null)[]): Row {
    const row: Row = { ...this.#empty }
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at]
      const column = this.#columns[at]
      if (column !== undefined) {
        row[column.name] = typeof value === 'string' ? column.parse(value) : null
      }
    }
    return row
  }

  /**
   * The row of a DataRow message (manual, 54.7): the count of its fields, then each with its length. A
   * call into Node for each field costs more than all else about a row, so the row is made one text and
   * cut into its fields. Only ASCII may be cut by bytes; a field with anything else is read by itself.
   * Moments are put into their form where they stand: what takes a message is the only one to read it.
   * @param from where the message's content begins, behind its own length
   * @param to where it ends
   */
  readBytes(bytes: Buffer, from: number, to: number): Row {
    if (bytes.readInt16BE(from) !== this.#columns.length) {
      throw new TypeError('a row has other columns than its statement')
    }
    const whole = to - from > LARGEST_WHOLE ? undefined : this.#asText(bytes, from, to)
    const row: Row = { ...this.#empty }
    let at = from + COUNT_BYTES
    for (const { name, form, parse } of this.#columns) {
      const length = int32At(bytes, at)
      at += LENGTH_BYTES
      if (length === NULL) {
        // Of two columns with one name the last one counts, also without a value.
        row[name] = null
        continue
      }
      const end = at + length
      if (form === 'integer') row[name] = integerAt(bytes, at, end)
      else if (whole === undefined || (form === 'text' && !isAscii(bytes, at, end)))
        row[name] = parse(bytes.toString('utf8', at, end))
      else if (form === 'moment' && isWritten(bytes, at))
        row[name] = whole.slice(at - from, at - from + MOMENT_BYTES)
      else row[name] = parse(whole.slice(at - from, end - from))
      at = end
    }
    return row
  }

  #asText(bytes: Buffer, from: number, to: number): string {
    if (this.#hasMoments) this.#writeMoments(bytes, from)
    return bytes.toString('latin1', from, to)
  }

  #writeMoments(bytes: Buffer, from: number): void {
    let at = from + COUNT_BYTES
    for (const { form } of this.#columns) {
      const length = int32At(bytes, at)
      at += LENGTH_BYTES
      if (length === NULL) continue
      if (form === 'moment') writeMoment(bytes, at, at + length)
      at += length
    }
  }
}
