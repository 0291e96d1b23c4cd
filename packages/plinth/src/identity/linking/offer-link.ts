import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import type { BrowserSession } from '../browser-session.ts'
import { identityEvents } from '../identity.events.ts'
import type { IdentityKey } from '../people/people.repository.ts'
import type { Profile } from '../people/profile.ts'
import { insertOffer } from './link-offers.repository.ts'

/** An account that somebody just proved at a provider. */
export interface ProvenAccount extends IdentityKey {
  readonly provider: string
  readonly profile: Profile
  readonly actor: Actor
  /** Where the person goes after the answer; already the result of `safeReturnTo`. */
  readonly returnTo: string
}

/** Time to read one page. */
const OFFER_SECONDS = 600

/**
 * Offers the person of a live session to link an account that the same browser just proved. Nothing
 * is linked before they agree: a provider may have signed the browser in to somebody else's account.
 */
export async function offerLink(
  tx: PlatformTx,
  clock: Clock,
  { session, account }: { readonly session: BrowserSession; readonly account: ProvenAccount },
): Promise<Id<'link-offer'>> {
  const id = newId<'link-offer'>(clock)
  const now = clock.now()
  await insertOffer(tx, {
    ...account,
    id,
    person: session.person,
    family: session.family,
    email: account.profile.email,
    name: account.profile.name,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + OFFER_SECONDS * 1_000).toISOString(),
  })
  const actor = { ...account.actor, kind: 'person' as const, person: session.person }
  const data = { provider: account.provider }
  await record(tx, actor, identityEvents.link_offered({ outcome: 'success', data }))
  return id
}
