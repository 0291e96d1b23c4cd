import type { ClientBase } from 'pg'
import type { Id } from '../../kernel/index.ts'
import type { Statement } from '../db.ts'
import type { Held } from '../pool/line.ts'
import { isStalePlan } from '../sql-fault.ts'
import type { AnyRows } from '../wire/wire.ts'

/** The setting that row-level security reads. Always local to its transaction. */
const ENTER = "select set_config('plinth.tenant_id', $1, true)"

/** The statement that enters a tenant; null leaves it. */
export function enter(tenant: Id<'tenant'> | null): Statement {
  return { text: ENTER, values: [tenant ?? ''] }
}

/**
 * One open transaction on one connection. Both kinds of `Tx` are views of it. It begins with its first
 * statement, in the same round trip.
 */
export class OpenTransaction {
  readonly #held: Held
  /** What opens it; empty once that is on its way. */
  #opening: readonly Statement[]
  #tenant: Id<'tenant'> | null
  #last: Promise<unknown> = Promise.resolve()
  #over = false
  #savepoints = 0

  constructor(held: Held, tenant: Id<'tenant'> | null) {
    this.#held = held
    this.#tenant = tenant
    this.#opening = [{ text: 'begin' }, ...(tenant === null ? [] : [enter(tenant)])]
  }

  /**
   * The client as one view of the transaction has it: it speaks while it is that view's turn, however it
   * was kept.
   */
  clientFor(tenant: Id<'tenant'> | null): ClientBase {
    const requireTurn = () => this.#requireTurn(tenant)
    return new Proxy<ClientBase>(this.#held.client, {
      get: (client, key) => {
        requireTurn()
        this.#begin()
        return borrowed(client, key, requireTurn)
      },
    })
  }

  /**
   * Sends statements as the given tenant. One after the other: a connection does one thing at a time.
   * @throws TypeError after the end of the transaction, or from the view that is not its turn
   */
  send(tenant: Id<'tenant'> | null, statements: readonly Statement[]): Promise<readonly AnyRows[]> {
    this.#requireTurn(tenant)
    const opening = this.#takeOpening()
    const sent = this.#last.then(() =>
      opening.length === 0 ? this.#held.send(statements) : this.#start(opening, statements),
    )
    this.#last = sent.catch(() => undefined)
    return sent
  }

  /** What a transaction begins with may run again: a migration that changed its tables meanwhile fails no one. */
  async #start(
    opening: readonly Statement[],
    statements: readonly Statement[],
  ): Promise<readonly AnyRows[]> {
    const all = [...opening, ...statements]
    const answers = await this.#held.send(all).catch(async (error: unknown) => {
      if (!isStalePlan(error)) throw error
      await this.#held.send([{ text: 'rollback' }])
      return this.#held.send(all)
    })
    return answers.slice(opening.length)
  }

  #requireTurn(tenant: Id<'tenant'> | null): void {
    if (this.#over) throw new TypeError('this transaction is over; use what it was opened from')
    if (tenant !== this.#tenant) {
      throw new TypeError('inTenant(…) is open: use the transaction that it hands to its work')
    }
  }

  /** Whether anything was sent: what never began needs no end. */
  get hasBegun(): boolean {
    return this.#opening.length === 0
  }

  /** Whoever takes the client itself speaks after the beginning, on a connection that keeps the order. */
  #begin(): void {
    const opening = this.#takeOpening()
    if (opening.length > 0) this.#last = this.#held.send(opening).catch(() => undefined)
  }

  #takeOpening(): readonly Statement[] {
    const opening = this.#opening
    if (opening.length > 0) this.#opening = []
    return opening
  }

  /** A part that may fail by itself. PostgreSQL also restores the tenant of before. */
  async nested<T>(tenant: Id<'tenant'> | null, work: () => Promise<T>): Promise<T> {
    this.#savepoints += 1
    const name = `plinth_${this.#savepoints}`
    await this.send(tenant, [{ text: `savepoint ${name}` }])
    try {
      const result = await work()
      await this.send(tenant, [{ text: `release savepoint ${name}` }])
      return result
    } catch (error) {
      const undo = [`rollback to savepoint ${name}`, `release savepoint ${name}`]
      await this.send(
        tenant,
        undo.map((text) => ({ text })),
      )
      throw error
    }
  }

  /** Runs `work` with a tenant set; afterwards none is. */
  async entered<T>(tenant: Id<'tenant'>, work: () => Promise<T>): Promise<T> {
    const entered = this.send(null, [enter(tenant)])
    // From here on, not once the server has answered: whoever enters another meanwhile is refused, or
    // the statements of the one would run as the other.
    this.#tenant = tenant
    try {
      await entered
      return await work()
    } finally {
      await this.send(tenant, [enter(null)]).catch(() => undefined)
      this.#tenant = null
    }
  }

  /** Nothing runs through this transaction any more, whoever kept it. */
  end(): void {
    this.#over = true
  }
}

const NOT_LENT: ReadonlySet<PropertyKey> = new Set(['release', 'end', 'connect'])

/** The client belongs to the pool: it is lent without what would take it away. */
function borrowed(client: ClientBase, key: PropertyKey, requireTurn: () => void): unknown {
  if (NOT_LENT.has(key))
    throw new TypeError(`client.${String(key)}() is not the borrower's to call`)
  const value: unknown = Reflect.get(client, key, client)
  if (typeof value !== 'function') return value
  return (...given: unknown[]) => {
    requireTurn()
    return Reflect.apply(value, client, given)
  }
}
