import type { KeyObject } from 'node:crypto'
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Id } from '../../kernel/index.ts'
import { isId } from '../../kernel/index.ts'
import type { Db, PlatformDb, PlatformTx, Rows, Statement, TransactionOptions, Tx } from '../db.ts'
import type { Caller, Outbox } from '../outbox.ts'
import { outboxOf } from '../outbox.ts'
import type { Line } from '../pool/line.ts'
import { isContention, toCaller } from '../sql-fault.ts'
import type { AnyRows } from '../wire/wire.ts'
import { enter, OpenTransaction } from './transaction.ts'

/** What the doors stand on. */
export interface DoorParts {
  readonly line: Line
  /** Seals the cursors of lists. */
  readonly cursorKey: KeyObject
  /** The time of the service. */
  readonly clock: Clock
  /** Where jobs of a transaction are written. */
  readonly outbox: () => Outbox
}

/**
 * The door to one tenant.
 * @throws TypeError when the tenant is not a canonical UUID
 */
export function tenantDoor(parts: DoorParts, tenant: Id<'tenant'>, caller?: Caller): Db {
  if (!isId(tenant)) throw new TypeError('a tenant is named by a UUID in lower case')
  const entering = enter(tenant)
  return brandedDb({
    tenant,
    cursorKey: parts.cursorKey,
    clock: parts.clock,
    batch: async (statements) => (await parts.line.unit([entering, ...statements])).slice(1),
    async query<R>(text: string, values: readonly unknown[] = []) {
      const [, answer] = await parts.line.unit([entering, { text, values }])
      return answer as Rows<R>
    },
    transaction: (work, options) =>
      transact(parts, { tenant, options }, (open) =>
        work(tenantTx(parts, open, { tenant, caller })),
      ),
  })
}

/** The door to the platform's own tables. */
export function platformDoor(parts: DoorParts): PlatformDb {
  const batch = (statements: readonly Statement[]) => parts.line.unit(statements)
  return brandedPlatformDb({
    batch,
    query: oneOf(batch),
    transaction: (work, options) =>
      transact(parts, { tenant: null, options }, (open) => work(platformTx(parts, open))),
  })
}

interface Inside {
  readonly tenant: Id<'tenant'>
  readonly caller: Caller | undefined
}

function tenantTx(parts: DoorParts, open: OpenTransaction, { tenant, caller }: Inside): Tx {
  const batch = async (statements: readonly Statement[]) => open.send(tenant, statements)
  const tx: Tx = brandedTx({
    open: true,
    tenant,
    cursorKey: parts.cursorKey,
    clock: parts.clock,
    batch,
    query: oneOf(batch),
    client: open.clientFor(tenant),
    get outbox() {
      return outboxOf(caller, parts.outbox())
    },
    transaction: (work) => open.nested(tenant, () => work(tx)),
  })
  return tx
}

function platformTx(parts: DoorParts, open: OpenTransaction): PlatformTx {
  const batch = async (statements: readonly Statement[]) => open.send(null, statements)
  const tx: PlatformTx = brandedPlatformTx({
    open: true,
    batch,
    query: oneOf(batch),
    client: open.clientFor(null),
    get outbox() {
      return parts.outbox()
    },
    transaction: (work) => open.nested(null, () => work(tx)),
    inTenant(tenant, work, caller) {
      if (!isId(tenant)) throw new TypeError('a tenant is named by a UUID in lower case')
      return open.entered(tenant, () => work(tenantTx(parts, open, { tenant, caller })))
    },
  })
  return tx
}

type Batch = (statements: readonly Statement[]) => Promise<readonly AnyRows[]>

function oneOf(batch: Batch) {
  return async <R>(text: string, values: readonly unknown[] = []): Promise<Rows<R>> => {
    const [answer] = await batch([{ text, values }])
    return answer as Rows<R>
  }
}

interface Kind {
  readonly tenant: Id<'tenant'> | null
  readonly options: TransactionOptions | undefined
}

const ATTEMPTS = 3

async function transact<T>(
  parts: DoorParts,
  kind: Kind,
  work: (open: OpenTransaction) => Promise<T>,
): Promise<T> {
  const attempts = kind.options?.repeatable === true ? 1 + ATTEMPTS : 1
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(parts.line, kind.tenant, work)
    } catch (error) {
      if (attempt >= attempts || !isContention(error)) throw error
      await sleep(randomInt(5, 25) * attempt)
    }
  }
}

function once<T>(
  line: Line,
  tenant: Id<'tenant'> | null,
  work: (open: OpenTransaction) => Promise<T>,
): Promise<T> {
  return line.hold(async (held) => {
    const open = new OpenTransaction(held, tenant)
    try {
      const result = await work(open)
      open.end()
      if (!open.hasBegun) return result
      const [answer] = await held.send([{ text: 'commit' }])
      if (answer?.command !== 'COMMIT') throw new Error(SWALLOWED)
      return result
    } catch (error) {
      open.end()
      if (open.hasBegun) await held.send([{ text: 'rollback' }]).catch(() => undefined)
      throw toCaller(error)
    }
  })
}

const SWALLOWED =
  'a statement of this transaction failed and its error was caught; nothing was written. ' +
  'Put the part that may fail in tx.transaction(…)'

/** The brand exists for the compiler only: no object can be a door unless it was made here. */
const brandedDb = (door: Unbranded<Db>) => door as Db
const brandedTx = (door: Unbranded<Tx>) => door as Tx
const brandedPlatformDb = (door: Unbranded<PlatformDb>) => door as PlatformDb
const brandedPlatformTx = (door: Unbranded<PlatformTx>) => door as PlatformTx

type Unbranded<D> = { [K in keyof D as K extends symbol ? never : K]: D[K] }
