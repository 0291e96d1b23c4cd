import type { PlatformTx, Tx } from './db.ts'

/** Work to be done after the commit, written in the transaction that causes it. */
export interface OutboxMessage {
  /** Name of the job. */
  readonly name: string
  /** JSON input of the job. */
  readonly data: unknown
  /** Seconds to wait before the first attempt. */
  readonly afterSeconds?: number
}

/** The port through which a transaction enqueues. The jobs room implements it. */
export interface Outbox {
  enqueue(tx: Tx | PlatformTx, message: OutboxMessage): Promise<void>
}
