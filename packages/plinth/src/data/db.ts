import type { ClientBase } from 'pg'
import type { Id } from '../kernel/index.ts'
import type { Outbox } from './outbox.ts'

declare const door: unique symbol

/** What a statement answered. */
export interface Rows<R> {
  readonly rows: readonly R[]
  /** Rows returned or changed. */
  readonly rowCount: number
}

/** One SQL statement with its values. `name` prepares it under that name. */
export interface Statement {
  readonly text: string
  readonly values?: readonly unknown[]
  readonly name?: string
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
  /** Runs `work` in one transaction: commits when it resolves, rolls back when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
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
  transaction<T>(work: (tx: PlatformTx) => Promise<T>): Promise<T>
}

/** An open transaction over platform tables. */
export interface PlatformTx extends PlatformDb {
  readonly open: true
  readonly client: ClientBase
  readonly outbox: Outbox
  /** Runs `work` inside this same transaction with a tenant set; unset again afterwards. */
  inTenant<T>(tenant: Id<'tenant'>, work: (tx: Tx) => Promise<T>): Promise<T>
}

/** The open database of a process. */
export interface Database {
  readonly platform: PlatformDb
  forTenant(tenant: Id<'tenant'>): Db
  /** One statement over all tenants by a named reason; audited; same role, never the owner's. */
  ping(): Promise<void>
  close(): Promise<void>
}
