import type { PoolClient } from 'pg'
import type { Clock } from '../../kernel/index.ts'
import type { Statement } from '../db.ts'
import { SERVER_TIME, serverTimeOf } from '../server-time.ts'
import { toCaller } from '../sql-fault.ts'
import { oneSync } from '../wire/one-sync.ts'
import { plain } from '../wire/plain.ts'
import { proveIsolation } from '../wire/self-test.ts'
import type { AnyRows, Wire } from '../wire/wire.ts'
import { type Connections, type ConnectionsOptions, openConnections } from './connections.ts'

/** The line to the database: who counts what goes over it, and how it is said. */
export interface Line {
  /** Runs statements as one unit of their own. */
  unit(statements: readonly Statement[]): Promise<readonly AnyRows[]>
  /** Lends one connection for a transaction. */
  hold<T>(work: (held: Held) => Promise<T>): Promise<T>
  counts(): { roundTrips: number; statements: number; connections: number; waiting: number }
  close(): Promise<void>
}

/** A connection that is lent for a transaction. */
export interface Held {
  readonly client: PoolClient
  /** One round trip inside the transaction. */
  send(statements: readonly Statement[]): Promise<readonly AnyRows[]>
}

/** What a line needs. */
export interface LineOptions extends Omit<ConnectionsOptions, 'pipeline'> {
  /** The ways to try, best first; the first that keeps two tenants apart is used. */
  readonly wires?: readonly Wire[]
  /** Told what goes to the server in one round trip, as it goes: for tools that explain it. */
  readonly onStatements?: (statements: readonly Statement[]) => void
}

interface Ready {
  readonly wire: Wire
  readonly connections: Connections
}

/** Connects at the first use. The way of talking is chosen then, by proof on a live connection. */
export function openLine(options: LineOptions): Line {
  const chosen = chooseWire(options)
  let [trips, statements] = [0, 0]
  return {
    async unit(sent) {
      const { wire, connections } = chosen.proven ?? (await chosen.prove())
      return connections.use((client) => {
        options.onStatements?.(sent)
        trips += 1 + wire.extra.trips
        statements += sent.length + wire.extra.statements
        return wire.unit(client, sent)
      })
    },
    async hold(work) {
      const { wire, connections } = chosen.proven ?? (await chosen.prove())
      return connections.use((client) =>
        work({
          client,
          async send(sent) {
            options.onStatements?.(sent)
            trips += 1
            statements += sent.length
            try {
              return await wire.inside(client, sent)
            } catch (error) {
              throw toCaller(error)
            }
          },
        }),
      )
    },
    counts: () => ({
      roundTrips: trips,
      statements,
      connections: chosen.current().open,
      waiting: chosen.current().waiting,
    }),
    close: () => chosen.current().close(),
  }
}

const NO_WAY = 'no way of talking to this database keeps tenants apart'

interface Choice {
  readonly proven: Ready | undefined
  current(): Connections
  prove(): Promise<Ready>
}

/**
 * Tries the ways in order. A server that is not there proves nothing: the same way is tried again
 * by the next caller, on the same connections, which know how long to leave the server alone.
 */
function chooseWire(options: LineOptions): Choice {
  const { prepared } = options.settings
  const wires = [...(options.wires ?? [oneSync(prepared), plain(prepared)])]
  let [candidate, proven]: [Ready, Ready | undefined] = [next(), undefined]
  let proving: Promise<Ready> | undefined

  function next(): Ready {
    const wire = wires.shift()
    if (wire === undefined) throw new Error(NO_WAY)
    return { wire, connections: openConnections({ ...options, pipeline: wire.pipeline }) }
  }

  async function proveInOrder(): Promise<Ready> {
    for (;;) {
      const { wire, connections } = candidate
      const fault = await connections.use(async (client) => {
        await readClock(options.clock, client)
        return faultOf(wire, client)
      })
      if (fault === undefined) {
        proven = candidate
        return candidate
      }
      const reason = String(fault)
      options.log.warn({ reason }, 'this way of talking to the database is not safe here')
      candidate = next()
      await connections.close()
    }
  }

  return {
    get proven() {
      return proven
    },
    current: () => candidate.connections,
    prove() {
      proving ??= proveInOrder().finally(() => {
        proving = undefined
      })
      return proving
    },
  }
}

/** Before anything is judged by it: the service's time is the database's. */
async function readClock(clock: Clock, client: PoolClient): Promise<void> {
  if (clock.hear === undefined) return
  const askedAt = clock.monotonic()
  const { rows } = await client.query(`select ${SERVER_TIME}`)
  clock.hear({ showsMs: serverTimeOf(rows[0]), askedAt, answeredAt: clock.monotonic() })
}

/** Undefined when the way holds. A database that goes away meanwhile is no fault of the way. */
async function faultOf(wire: Wire, client: PoolClient): Promise<unknown> {
  try {
    await proveIsolation(wire, client)
    return undefined
  } catch (error) {
    if (toCaller(error) !== error) throw error
    return error
  }
}
