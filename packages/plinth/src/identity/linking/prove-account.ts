import type { PlatformDb } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { findBrowserSession } from '../browser-session.ts'
import { findIdentity } from '../people/people.repository.ts'
import { isoTime } from '../sessions/mint-session.ts'
import type { OfferHolder } from './link-offers.repository.ts'
import type { ProvenAccount } from './offer-link.ts'
import { offerLink } from './offer-link.ts'

/** What comes of an account that a signed-in person went to prove. */
export type ProvedAccount =
  | { readonly code: 'offered'; readonly offer: Id<'link-offer'> }
  | { readonly code: 'already_linked' }
  | { readonly code: 'session_changed' }
  | { readonly code: 'identity_taken' }

/** Where accounts and sessions are. */
export interface ProveDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
}

/**
 * Takes the proof of a second account, for the session that asked for it and no other: both proofs
 * belong to one browser session. An account that signs in somebody else stays theirs.
 */
export async function proveAccount(
  { platform, clock }: ProveDeps,
  account: ProvenAccount,
  asked: { readonly by: OfferHolder; readonly token: string | undefined },
): Promise<ProvedAccount> {
  return platform.transaction(async (tx) => {
    const session = await findBrowserSession(tx, asked.token, isoTime(clock.now()))
    const isSame = session?.family === asked.by.family && session.person === asked.by.person
    if (session === undefined || !isSame) return { code: 'session_changed' }
    const known = await findIdentity(tx, account)
    if (known === undefined) {
      return { code: 'offered', offer: await offerLink(tx, clock, { session, account }) }
    }
    return { code: known.person === session.person ? 'already_linked' : 'identity_taken' }
  })
}
