import type { Actor } from '../../access/index.ts'
import { record, recordOutside } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import type { Notify } from '../../notify/index.ts'
import { passkeyRemoved } from '../../notify/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { SecondFactors } from '../sessions/second-factors.ts'
import { tellOwner } from './passkey-notice.ts'
import { passkeyEvents } from './passkeys.events.ts'
import { deleteOwn, hasOtherWayIn, holdPerson } from './passkeys.repository.ts'

/** What removing a passkey needs. */
export interface RemoveDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  readonly notify: Pick<Notify, 'mail'>
  readonly app: { readonly name: string; readonly base_url: string }
  readonly secondFactors: SecondFactors
  /** Names of the providers through which people can sign in now. */
  readonly providers: readonly string[]
}

/** Which passkey, of whom. */
export interface RemovePasskey {
  readonly id: string
  readonly person: Id<'person'>
  /** Where the person is: it may demand a second factor. */
  readonly tenant: Id<'tenant'> | null
  readonly actor: Actor
}

/** What comes of it. */
export type RemovedPasskey = {
  readonly code: 'removed' | 'unknown' | 'last_way_in' | 'last_factor'
}

/**
 * Removes a passkey of a person, with notice and audit row; never the last way in, and never the last
 * factor where one is demanded (MF-32).
 */
export async function removePasskey(
  deps: RemoveDeps,
  request: RemovePasskey,
): Promise<RemovedPasskey> {
  const removed = await attempt(deps, request)
  if (removed.code === 'last_way_in' || removed.code === 'last_factor') {
    const target = { type: 'passkey', id: request.id }
    const event = passkeyEvents.removed({ outcome: 'denied', reason: removed.code, target })
    await recordOutside(deps.platform, request.actor, event)
  }
  return removed
}

/** Carries a refusal out of the transaction, which takes the deletion back. */
class Refusal extends Error {
  readonly outcome: RemovedPasskey

  constructor(code: RemovedPasskey['code']) {
    super(code)
    this.outcome = { code }
  }
}

async function attempt(deps: RemoveDeps, request: RemovePasskey): Promise<RemovedPasskey> {
  try {
    return await deps.platform.transaction((tx) => remove(deps, tx, request))
  } catch (error) {
    if (error instanceof Refusal) return error.outcome
    throw error
  }
}

async function remove(
  deps: RemoveDeps,
  tx: PlatformTx,
  { id, person, tenant, actor }: RemovePasskey,
): Promise<RemovedPasskey> {
  const now = isoTime(deps.clock.now())
  // Two at once must not each believe that the other passkey stays.
  await holdPerson(tx, person)
  const gone = await deleteOwn(tx, { id, person })
  if (gone === undefined) return { code: 'unknown' }
  if (!(await hasOtherWayIn(tx, person, deps.providers))) throw new Refusal('last_way_in')
  const proof = { person, tenant, amr: ['pwd'], rememberedDevice: undefined } as const
  const left = await deps.secondFactors.judge(tx, proof)
  if (left.code === 'enrolment') throw new Refusal('last_factor')
  await tellOwner(deps, tx, passkeyRemoved, { person, passkey: id, now, name: gone.name })
  const target = { type: 'passkey', id }
  const data = { name: gone.name }
  await record(tx, actor, passkeyEvents.removed({ outcome: 'success', target, data }))
  return { code: 'removed' }
}
