import type { Actor } from '../../access/index.ts'
import { record, recordOutside } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { passkeyRemoved } from '../../notify/index.ts'
import type { Identity } from '../identity-deps.ts'
import { isDemandedAnywhere } from '../mfa/demand.ts'
import { hasFactor, holdPerson } from '../mfa/factors.repository.ts'
import { deleteRecoveryCodes } from '../mfa/recovery-codes.repository.ts'
import { forgetDevices } from '../mfa/remembered-devices.repository.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { tellOwner } from './passkey-notice.ts'
import { passkeyEvents } from './passkeys.events.ts'
import { deleteOwn, hasOtherWayIn } from './passkeys.repository.ts'

/** What removing a passkey needs. */
export interface RemoveDeps
  extends Pick<Identity, 'platform' | 'clock' | 'notify' | 'app' | 'factors'> {
  /** Names of the providers through which people can sign in now. */
  readonly providers: readonly string[]
}

/** Which passkey, of whom. */
export interface RemovePasskey {
  readonly id: string
  readonly person: Id<'person'>
  /** Family of the session that asks, which stays. */
  readonly family: string
  readonly actor: Actor
}

/** What comes of it. */
export type RemovedPasskey = {
  readonly code: 'removed' | 'unknown' | 'last_way_in' | 'last_factor'
}

/**
 * Removes a passkey of a person, with notice and audit row; never the last way in, and never the last
 * factor where one is demanded (MF-32). Whatever may have begun with it ends: other sessions, and
 * browsers that are remembered.
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
  { id, person, family, actor }: RemovePasskey,
): Promise<RemovedPasskey> {
  const now = isoTime(deps.clock.now())
  // Two at once must not each believe that the other passkey stays.
  await holdPerson(tx, person)
  const gone = await deleteOwn(tx, { id, person })
  if (gone === undefined) return { code: 'unknown' }
  if (!(await hasOtherWayIn(tx, person, deps.providers))) throw new Refusal('last_way_in')
  await settleFactors(deps, tx, person)
  const end = { now, reason: 'factors_changed' } as const
  const sessions = await endSessions(tx, { person, except: family }, end)
  await tellOwner(deps, tx, passkeyRemoved, { person, passkey: id, now, name: gone.name })
  const target = { type: 'passkey', id }
  const data = { name: gone.name, sessions }
  await record(tx, actor, passkeyEvents.removed({ outcome: 'success', target, data }))
  return { code: 'removed' }
}

/** Without a factor there is nothing to recover, and nothing that a remembered browser stands for. */
async function settleFactors(
  { factors }: RemoveDeps,
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<void> {
  if (!(await hasFactor(tx, person))) {
    if (await isDemandedAnywhere(factors.settings, tx, person)) throw new Refusal('last_factor')
    await deleteRecoveryCodes(tx, person)
  }
  await forgetDevices(tx, person)
}
