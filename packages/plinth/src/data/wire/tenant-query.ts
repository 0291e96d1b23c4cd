import type { Connection, Submittable } from 'pg'
import { DatabaseError } from 'pg'
import type { Statement } from '../db.ts'
import type { Taker } from './answer-tap.ts'
import { giveAnswers, TAPPED } from './answer-tap.ts'
import type { PreparedNames } from './prepared-names.ts'
import { preparedNamesOf } from './prepared-names.ts'
import type { ColumnDescription, Row } from './row-shape.ts'
import { RowShape } from './row-shape.ts'
import type { AnyRows } from './wire.ts'
import type { WireConnection } from './wire-connection.ts'
import { inOneWrite, partsOf } from './wire-connection.ts'
import { wireValue } from './wire-value.ts'

const NO_COLUMNS = new RowShape([])

type Done = (error: unknown, results?: readonly AnyRows[]) => void

/** One of the statements, and what it has answered so far. */
interface Step {
  readonly statement: Statement
  /** Of its prepared statement; empty for one that is not kept. */
  readonly name: string
  shape: RowShape | undefined
  readonly rows: Row[]
  command: string
  rowCount: number
}

/**
 * Several statements with one Sync: PostgreSQL runs them as one implicit transaction (manual,
 * 54.2.3), so that a setting that is local to the transaction holds for all of them and for nothing
 * after. One round trip.
 */
export class TenantQuery implements Submittable, Taker {
  callback: Done
  readonly #statements: readonly Statement[]
  readonly #prepared: boolean
  #names: PreparedNames | undefined
  #steps: readonly Step[] = []
  #at = 0
  /** Why a row could not be read. */
  #unread: unknown
  #refusal: Error | undefined

  constructor(statements: readonly Statement[], prepared: boolean, done: Done) {
    this.#statements = statements
    this.#prepared = prepared
    this.callback = done
  }

  /** pg keeps its list of parsed statements by these two, when the server has parsed one. */
  get name(): string | undefined {
    return this.#steps[this.#at]?.name
  }

  get text(): string | undefined {
    return this.#steps[this.#at]?.statement.text
  }

  submit(socket: Connection): Error | null {
    const connection = partsOf(socket)
    const names = this.#prepared ? preparedNamesOf(socket) : undefined
    this.#names = names
    this.#steps = this.#statements.map((statement) => stepOf(statement, names))
    try {
      inOneWrite(connection, () => {
        for (const name of names?.takeDropped() ?? []) forget(connection, name)
        for (const step of this.#steps) say(connection, step)
        connection.sync()
      })
      giveAnswers(socket, this)
      return null
    } catch (fault) {
      this.#forgetUnparsed(connection, 0)
      return fault instanceof Error ? fault : new TypeError('a value cannot be written')
    }
  }

  handleRowDescription({ fields }: { readonly fields: readonly ColumnDescription[] }): void {
    const step = this.#steps[this.#at]
    if (step !== undefined) this.#keep(step, new RowShape(fields))
  }

  /** A row of which pg has put the pieces together. */
  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const step = this.#steps[this.#at]
    if (step?.shape === undefined || this.#unread !== undefined) return
    try {
      step.rows.push(step.shape.read(fields))
    } catch (fault) {
      this.#unread = unread(fault)
    }
  }

  take(kind: number, bytes: Buffer, from: number, to: number): void {
    if (kind === TAPPED.dataRow) this.#takeRow(bytes, from, to)
    else if (kind === TAPPED.commandComplete) {
      // A text that ends with a zero byte.
      this.handleCommandComplete({ text: bytes.toString('latin1', from, to - 1) })
    }
  }

  #takeRow(bytes: Buffer, from: number, to: number): void {
    const step = this.#steps[this.#at]
    if (step?.shape === undefined || this.#unread !== undefined) return
    try {
      step.rows.push(step.shape.readBytes(bytes, from, to))
    } catch (fault) {
      this.#unread = unread(fault)
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const step = this.#steps[this.#at]
    this.#at += 1
    if (step === undefined) return
    if (step.shape === undefined) this.#keep(step, NO_COLUMNS)
    // `SELECT 5`, `INSERT 0 1`, `COMMIT`, `CREATE TABLE`: the word, and perhaps a number at the end.
    const end = text.indexOf(' ')
    step.command = end === -1 ? text : text.slice(0, end)
    step.rowCount = end === -1 ? 0 : Number(text.slice(text.lastIndexOf(' ') + 1)) || 0
  }

  handleEmptyQuery(): void {
    this.#at += 1
  }

  handleError(error: unknown, connection: Connection): void {
    giveAnswers(connection, undefined)
    this.#forgetUnparsed(partsOf(connection), this.#at + 1)
    const tell = () => this.callback(this.#refusal ?? error)
    if (error instanceof DatabaseError) whenReady(connection, tell)
    else tell()
  }

  handleReadyForQuery(connection: Connection): void {
    giveAnswers(connection, undefined)
    if (this.#unread === undefined) this.callback(null, this.#steps.map(answerOf))
    else this.callback(this.#unread)
  }

  handleCopyInResponse(connection: WireConnection): void {
    this.#refusal = new TypeError('COPY needs tx.client: there is nothing here to read from')
    connection.sendCopyFail(this.#refusal.message)
    // A server that waits for rows overlooked the Sync that was sent before (manual, 54.2.7).
    connection.sync()
  }

  handleCopyData(): void {
    // What COPY … TO sends is no row; its result stays empty.
  }

  /** A statement says once for each connection which columns it answers. */
  #keep(step: Step, shape: RowShape): void {
    step.shape = shape
    if (step.name !== '') this.#names?.keepShape(step.name, shape)
  }

  /** After an error the server skips the rest: what was not parsed must be sent again next time. */
  #forgetUnparsed(connection: WireConnection, from: number): void {
    for (const { name } of this.#steps.slice(from)) {
      if (name !== '') delete connection.submittedNamedStatements[name]
    }
  }
}

/**
 * After an error of the server comes its word on what is left of the transaction, or its end: whoever takes
 * the connection back must know which. pg keeps that word from a statement that failed.
 */
function whenReady(connection: Connection, tell: () => void): void {
  const ready = () => {
    connection.off('readyForQuery', ready)
    connection.off('end', ready)
    tell()
  }
  connection.once('readyForQuery', ready)
  connection.once('end', ready)
}

function unread(fault: unknown): unknown {
  return fault ?? new TypeError('a value cannot be read')
}

function stepOf(statement: Statement, names: PreparedNames | undefined): Step {
  const name = names?.nameFor(statement.text) ?? ''
  return { statement, name, shape: names?.shapeOf(name), rows: [], command: '', rowCount: 0 }
}

function answerOf({ command, rows, rowCount }: Step): AnyRows {
  return { command, rows, rowCount }
}

/** Closes a prepared statement on the server. */
function forget(connection: WireConnection, name: string): void {
  delete connection.parsedStatements[name]
  connection.close({ type: 'S', name })
}

function say(connection: WireConnection, { name, statement, shape }: Step): void {
  const { text, values = [] } = statement
  if (!isKnown(connection, name)) {
    connection.parse({ name, text })
    if (name !== '') connection.submittedNamedStatements[name] = text
  }
  connection.bind({ statement: name, values: values.map(wireValue) })
  if (shape === undefined) connection.describe({ type: 'P' })
  connection.execute({ portal: '' })
}

function isKnown({ parsedStatements, submittedNamedStatements }: WireConnection, name: string) {
  if (name === '') return false
  return parsedStatements[name] !== undefined || submittedNamedStatements[name] !== undefined
}
