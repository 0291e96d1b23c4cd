import type { Connection } from 'pg'
import { int32At } from './row-bytes.ts'
import type { AnswerStream } from './wire-connection.ts'
import { partsOf } from './wire-connection.ts'

/** Who takes answers as the server sends them. */
export interface Taker {
  /**
   * Takes one message that came whole.
   * @param kind one of `TAPPED`
   * @param from where its content begins in `bytes`, behind its length
   * @param to where it ends
   */
  take(kind: number, bytes: Buffer, from: number, to: number): void
}

/** The kinds of messages that need nothing that pg remembers (manual, 54.7). */
export const TAPPED = { bindComplete: 0x32, dataRow: 0x44, commandComplete: 0x43 } as const

const takers = new WeakMap<Connection, Taker>()

/** Gives what a tapped connection answers to `taker` until further notice; to pg where there is none. */
export function giveAnswers(connection: Connection, taker: Taker | undefined): void {
  if (taker === undefined) takers.delete(connection)
  else takers.set(connection, taker)
}

/**
 * Takes the plain part of answers before pg reads it: pg makes a message and two events of each row,
 * and calls into Node for each of its fields, which is half of what reading a list costs. All other
 * messages, and those that come in two pieces, go on to pg in their order.
 */
export function tapAnswers(connection: Connection): void {
  const parts = partsOf(connection)
  const attach = parts.attachListeners
  parts.attachListeners = (stream) => {
    const tapped: AnswerStream = {
      on: (event, listener) =>
        stream.on(event, event === 'data' ? tap(connection, listener) : listener),
    }
    attach.call(parts, tapped)
  }
}

/** A letter that says of which kind a message is, and its length without that letter. */
const HEAD_BYTES = 5

function tap(connection: Connection, toPg: (bytes: Buffer) => void): (chunk: Buffer) => void {
  /** The beginning of a message, too short to say how long it will be. */
  let head: Buffer | undefined
  /** Bytes to come of a message that pg has the beginning of. */
  let owed = 0
  return (chunk) => {
    const bytes = head === undefined ? chunk : Buffer.concat([head, chunk])
    const taker = takers.get(connection)
    let at = Math.min(owed, bytes.length)
    owed -= at
    let taken = 0
    while (at + HEAD_BYTES <= bytes.length) {
      const end = at + 1 + int32At(bytes, at + 1)
      const kind = bytes[at] ?? 0
      if (taker !== undefined && end <= bytes.length && isTapped(kind)) {
        if (taken < at) toPg(bytes.subarray(taken, at))
        taker.take(kind, bytes, at + HEAD_BYTES, end)
        taken = end
      }
      at = Math.min(end, bytes.length)
      owed = end - at
    }
    if (taken < at) toPg(bytes.subarray(taken, at))
    head = at < bytes.length ? bytes.subarray(at) : undefined
  }
}

function isTapped(kind: number): boolean {
  const { bindComplete, dataRow, commandComplete } = TAPPED
  return kind === dataRow || kind === bindComplete || kind === commandComplete
}
