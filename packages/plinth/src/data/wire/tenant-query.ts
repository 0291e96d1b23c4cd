import { type Connection, Query, type Submittable } from 'pg'
import type { Statement } from '../db.ts'
import { rowValues } from '../row-values.ts'
import type { PreparedNames } from './prepared-names.ts'
import { preparedNamesOf } from './prepared-names.ts'
import { Recorder, type WireConnection } from './recorder.ts'
import type { AnyRows } from './wire.ts'

/** The parts of pg's Query that it keeps to itself. Checked at boot by the self-test. */
interface StepQuery extends Query {
  readonly name: string | undefined
  readonly text: string
  readonly _result: StepResult
  readonly _canceledDueToError: unknown
  prepare(connection: Recorder): void
  handleRowDescription(message: object): void
  handleDataRow(message: object): void
  handleCommandComplete(message: object, connection: Connection): void
}

interface StepResult {
  readonly command: string | null
  readonly rows: Record<string, unknown>[]
  readonly rowCount: number | null
}

type Done = (error: unknown, results?: readonly AnyRows[]) => void

/**
 * Several statements with one Sync: PostgreSQL runs them as one implicit transaction (manual,
 * 54.2.3), so that a setting that is local to the transaction holds for all of them and for nothing
 * after. One round trip.
 */
export class TenantQuery implements Submittable {
  callback: Done
  readonly #statements: readonly Statement[]
  readonly #named: boolean
  #names: PreparedNames | undefined
  #steps: readonly StepQuery[] = []
  #at = 0
  #refusal: Error | undefined

  constructor(statements: readonly Statement[], named: boolean, done: Done) {
    this.#statements = statements
    this.#named = named
    this.callback = done
  }

  /** pg keeps its list of parsed statements by these two, when the server has parsed one. */
  get name(): string | undefined {
    return this.#steps[this.#at]?.name
  }

  get text(): string | undefined {
    return this.#steps[this.#at]?.text
  }

  submit(socket: Connection): Error | null {
    const connection = socket as WireConnection
    const recorder = new Recorder(connection)
    const names = this.#named ? preparedNamesOf(socket) : undefined
    this.#names = names
    const faults: unknown[] = []
    this.#steps = this.#statements.map((statement) => this.#step(statement, faults))
    for (const name of names?.takeDropped() ?? []) {
      delete connection.parsedStatements[name]
      recorder.close({ type: 'S', name })
    }
    for (const step of this.#steps) {
      const columns = names?.columnsOf(step.name)
      if (columns !== undefined) step.handleRowDescription(columns)
      recorder.begin(columns !== undefined)
      step.prepare(recorder)
    }
    if (faults.length > 0) {
      this.#forgetUnparsed(connection, 0)
      return faults[0] instanceof Error ? faults[0] : new TypeError('a value cannot be written')
    }
    recorder.play(connection)
    return null
  }

  #step(statement: Statement, faults: unknown[]): StepQuery {
    const { text } = statement
    const query = new Query(
      {
        text,
        values: [...(statement.values ?? [])],
        types: rowValues,
        ...(this.#names && { name: this.#names.nameFor(text) }),
      },
      (fault) => faults.push(fault),
    )
    return query as StepQuery
  }

  handleRowDescription(message: object): void {
    const step = this.#steps[this.#at]
    step?.handleRowDescription(message)
    if (step?.name !== undefined) this.#names?.keepColumns(step.name, message)
  }

  handleDataRow(message: object): void {
    this.#steps[this.#at]?.handleDataRow(message)
  }

  handleCommandComplete(message: object, connection: Connection): void {
    this.#steps[this.#at]?.handleCommandComplete(message, connection)
    this.#at += 1
  }

  handleEmptyQuery(): void {
    this.#at += 1
  }

  handleError(error: unknown, connection: Connection): void {
    this.#forgetUnparsed(connection as WireConnection, this.#at + 1)
    this.callback(this.#refusal ?? error)
  }

  handleReadyForQuery(): void {
    const broken = this.#steps.find((step) => step._canceledDueToError)
    if (broken !== undefined) {
      this.callback(broken._canceledDueToError)
      return
    }
    this.callback(
      null,
      this.#steps.map(({ _result: { command, rows, rowCount } }) => ({
        command: command ?? '',
        rows,
        rowCount: rowCount ?? 0,
      })),
    )
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

  /** After an error the server skips the rest: what was not parsed must be sent again next time. */
  #forgetUnparsed(connection: WireConnection, from: number): void {
    for (const { name } of this.#steps.slice(from)) {
      if (name !== undefined) delete connection.submittedNamedStatements[name]
    }
  }
}
