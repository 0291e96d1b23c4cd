import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import { newId } from '../../kernel/index.ts'
import { identityLinked } from '../../notify/index.ts'
import type { BrowserSession } from '../browser-session.ts'
import { findBrowserSession } from '../browser-session.ts'
import { identityProblems } from '../identity.errors.ts'
import { identityEvents } from '../identity.events.ts'
import type { Identity } from '../identity-deps.ts'
import type { MintedSession } from '../sessions/mint-session.ts'
import { isoTime } from '../sessions/mint-session.ts'
import { keepTokens, rotateWithin } from '../sessions/rotate-session.ts'
import type { ShownIdentity } from './identities.repository.ts'
import { insertIdentity } from './identities.repository.ts'
import { takeOffer } from './link-offers.repository.ts'
import type { Asker } from './linking-deps.ts'
import { requireRecent } from './linking-deps.ts'
import { tellOwner } from './notice.ts'

/** A yes to an offer. */
export interface Consent extends Asker {
  readonly offer: string
  readonly actor: Actor
}

/** What comes of it. */
export type Linked =
  | {
      readonly code: 'linked'
      readonly identity: ShownIdentity
      readonly session: MintedSession
      readonly returnTo: string
    }
  | { readonly code: 'offer_gone' }
  | { readonly code: 'identity_taken' }

/**
 * Links an account to the person who was offered it, with the notice, the audit row and a new id of
 * the session: from here on there is one more way in.
 * @throws AppError auth.sign_in_again, auth.invalid_session
 */
export async function acceptLink(identity: Identity, consent: Consent): Promise<Linked> {
  return identity.platform.transaction(async (tx) => {
    const now = isoTime(identity.clock.now())
    const session = await liveSession(tx, consent, now)
    requireRecent(identity, session)
    const offer = await takeOffer(tx, { ...session, id: consent.offer }, now)
    if (offer === undefined) return { code: 'offer_gone' }
    const id = newId<'identity'>(identity.clock)
    const linked = await insertIdentity(tx, { ...offer, id, person: session.person, now })
    if (linked === undefined) return { code: 'identity_taken' }
    const { provider } = offer
    await tellOwner(identity, tx, identityLinked, { person: session.person, provider, now })
    const data = { provider }
    const target = { type: 'identity', id }
    await record(tx, consent.actor, identityEvents.linked({ outcome: 'success', target, data }))
    const renewed = await renewId(identity, tx, consent)
    return { code: 'linked', identity: linked, session: renewed, returnTo: offer.return_to }
  })
}

/** @throws AppError auth.invalid_session when the session has ended, or just got another id */
export async function liveSession(
  tx: PlatformTx,
  { token }: Asker,
  now: string,
): Promise<BrowserSession> {
  const session = await findBrowserSession(tx, token, now)
  if (session === undefined) throw identityProblems.invalidSession()
  return session
}

/**
 * Gives the session a new id in the same transaction (ASVS 7.2.4). The provider is not asked.
 * @throws AppError auth.invalid_session, and nothing of the transaction stays
 */
export async function renewId(
  { platform, mint }: Identity,
  tx: PlatformTx,
  { token, userAgent, actor }: Asker & { readonly actor: Actor },
): Promise<MintedSession> {
  const deps = { platform, sessions: mint, renewTokens: keepTokens }
  const rotation = await rotateWithin(deps, tx, { token, userAgent, actor })
  if (rotation?.code !== 'rotated') throw identityProblems.invalidSession()
  return rotation.session
}
