import type { Actor } from '../access/index.ts'
import type { PlatformTx, Tx } from './db.ts'

/** Work to be done after the commit, written in the transaction that causes it. */
export interface OutboxMessage {
  /** Name of the job. */
  readonly name: string
  /** JSON input of the job. */
  readonly data: unknown
  /** Seconds to wait before the first attempt. */
  readonly afterSeconds?: number
  /** Seconds for which it is kept when it is done; what the settings say when it is left out. */
  readonly keepSeconds?: number
  /** Who asked for it; whoever opened the door of the transaction when it is left out. */
  readonly actor?: Actor
}

/** Whose work a door is opened for: the context of a request is one. */
export interface Caller {
  readonly actor: Actor
}

/** The port through which a transaction enqueues. The jobs room implements it. */
export interface Outbox {
  enqueue(tx: Tx | PlatformTx, message: OutboxMessage): Promise<void>
}

/** An outbox that says of each message who asked for it, unless the message says so itself. */
export function outboxOf(caller: Caller | undefined, outbox: Outbox): Outbox {
  if (caller === undefined) return outbox
  return {
    enqueue: (tx, message) => outbox.enqueue(tx, { actor: caller.actor, ...message }),
  }
}
