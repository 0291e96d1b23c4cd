import type { PoolClient } from 'pg'
import type { Rows, Statement } from '../db.ts'

/** What one statement answered, with the server's word for what it did. */
export interface AnyRows extends Rows<Record<string, unknown>> {
  /** `SELECT`, `COMMIT`, or `ROLLBACK` where COMMIT met a transaction that had failed. */
  readonly command: string
}

/**
 * A way to send statements that stand or fall together. There are two, with one suite for both: one
 * round trip on the inside of pg, and a plain one on its public face alone.
 */
export interface Wire {
  readonly name: 'one-sync' | 'plain'
  /** What a unit costs beyond its own statements. */
  readonly extra: { readonly trips: number; readonly statements: number }
  /** Whether the pool's clients run in pg's pipeline mode. */
  readonly pipeline: boolean
  /** Outside of a transaction: all statements as one unit, committed together or not at all. */
  unit(client: PoolClient, statements: readonly Statement[]): Promise<readonly AnyRows[]>
  /** Inside an open transaction: all statements in one round trip. */
  inside(client: PoolClient, statements: readonly Statement[]): Promise<readonly AnyRows[]>
}
