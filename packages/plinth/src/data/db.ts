import type { KeyObject } from 'node:crypto'
import type { ClientBase } from 'pg'
import type { Clock, Id } from '../kernel/index.ts'
import type { Hearing, Listener } from './listen/listener.ts'
import type { Caller, Outbox } from './outbox.ts'

declare const door: unique symbol

/** What a statement answered. */
export interface Rows<R> {
  readonly rows: readonly R[]
  /** Rows returned or changed. */
  readonly rowCount: number
}

/**
 * One SQL statement with its values. Equal texts share one prepared statement: keep what varies in
 * the values.
 */
export interface Statement {
  readonly text: string
  readonly values?: readonly unknown[]
}

/** How a transaction behaves. */
export interface TransactionOptions {
  /**
   * Says that `work` may run again from the start (it touches nothing but this transaction): after
   * a deadlock or a serialization failure it is repeated up to three times.
   */
  readonly repeatable?: boolean
}

/** Anything that runs SQL. */
export interface Queryable {
  /** Runs one statement in one round trip. */
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Rows<R>>
  /** Runs statements in order as one unit, in one round trip: all or none. */
  batch(statements: readonly Statement[]): Promise<readonly Rows<Record<string, unknown>>[]>
}

/**
 * The door to one tenant's data. Row-level security is the second wall behind it.
 * Each statement is its own round trip and its own transaction; `transaction` joins several.
 */
export interface Db extends Queryable {
  readonly [door]: 'tenant'
  readonly tenant: Id<'tenant'>
  /** Seals what a caller carries from one page of a list to the next. */
  readonly cursorKey: KeyObject
  /** The time of the service, which `default('now')` of an entity means. */
  readonly clock: Clock
  /** Runs `work` in one transaction: commits when it resolves, rolls back when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>
}

/** An open transaction of one tenant. Jobs, mail and audit rows commit with it. */
export interface Tx extends Db {
  readonly open: true
  /** A plain pg client with the tenant already set, for any SQL tool. */
  readonly client: ClientBase
  readonly outbox: Outbox
}

/** The door to the platform's own tables: no tenant is set, and tenant tables show it no rows. */
export interface PlatformDb extends Queryable {
  readonly [door]: 'platform'
  transaction<T>(work: (tx: PlatformTx) => Promise<T>, options?: TransactionOptions): Promise<T>
}

/** An open transaction over platform tables. */
export interface PlatformTx extends PlatformDb {
  readonly open: true
  readonly client: ClientBase
  readonly outbox: Outbox
  /**
   * Runs `work` inside this same transaction with a tenant set; unset again afterwards.
   * @param caller whose work it is: jobs that it enqueues say so
   */
  inTenant<T>(tenant: Id<'tenant'>, work: (tx: Tx) => Promise<T>, caller?: Caller): Promise<T>
}

/** What went over the wire since the process started. Counted exactly, for tests and metrics. */
export interface DatabaseStatistics {
  /** Times that something was sent and waited for. */
  readonly roundTrips: number
  /** Statements run, those that set the tenant or bound a transaction included. */
  readonly statements: number
  /** Connections open, idle ones included. */
  readonly connections: number
  /** Callers that wait for a connection. */
  readonly waiting: number
}

/**
 * The door for work that belongs to no request: explicit, named and audited. Same role as every
 * other door, one tenant at a time, never the owner's role.
 */
export interface SystemContext {
  /** Runs `work` in a transaction of one tenant. */
  inTenant<T>(tenant: Id<'tenant'>, work: (tx: Tx) => Promise<T>): Promise<T>
  /** Runs `work` in each active tenant, one after the other, each in a transaction of its own. */
  eachTenant(work: (tx: Tx) => Promise<void>): Promise<void>
}

/** The open database of a process. */
export interface Database {
  readonly platform: PlatformDb
  readonly statistics: DatabaseStatistics
  /** @param caller whose work it is: jobs that its transactions enqueue say so */
  forTenant(tenant: Id<'tenant'>, caller?: Caller): Db
  /**
   * Enters tenants without a request. Each use writes an audit row that says why.
   * @param reason short stable text: `job product.restock`
   */
  system(reason: string): SystemContext
  /**
   * Listens to a channel. All channels share one connection of their own (`database.listen_url`), which
   * is opened when somebody first asks whether it is current, and closed with the database.
   */
  listen(channel: string, hearing: Hearing): Listener
  /**
   * One round trip to the server.
   * @throws AppError `data.unavailable` when it does not answer in time
   */
  ping(): Promise<void>
  /** Waits for connections in use, then closes all. */
  close(): Promise<void>
}
