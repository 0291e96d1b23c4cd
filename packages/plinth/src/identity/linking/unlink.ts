import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import { identityUnlinked } from '../../notify/index.ts'
import { identityEvents } from '../identity.events.ts'
import { hasOwnWayIn, holdWaysIn } from '../own-way-in.ts'
import { endSessions, holdSessions } from '../sessions/end-sessions.repository.ts'
import type { MintedSession } from '../sessions/mint-session.ts'
import { isoTime } from '../sessions/mint-session.ts'
import { liveSession, renewId } from './accept-link.ts'
import { deleteIdentity, holdIdentities } from './identities.repository.ts'
import type { Asker, LinkingDeps } from './linking-deps.ts'
import { requireRecent } from './linking-deps.ts'
import { tellOwner } from './notice.ts'

/** Which account a person no longer wants to sign in with. */
export interface Removal extends Asker {
  readonly identity: string
  readonly actor: Actor
}

/** What comes of it. `session` is undefined when the browser itself was signed in with the account. */
export type Unlinked =
  | { readonly code: 'unlinked'; readonly session: MintedSession | undefined }
  | { readonly code: 'unknown_identity' }
  | { readonly code: 'last_identity' }

/**
 * Removes an account from a person and ends every session that began with it. One way to sign in stays,
 * at a provider that is on or of our own: nobody locks themselves out.
 * @throws AppError auth.sign_in_again, auth.invalid_session
 */
export async function unlink(deps: LinkingDeps, removal: Removal): Promise<Unlinked> {
  const { identity, providers } = deps
  return identity.platform.transaction(async (tx) => {
    const now = isoTime(identity.clock.now())
    const session = await liveSession(tx, removal, now)
    requireRecent(identity, session)
    // Whoever takes away a passkey at the same moment waits, and then finds this one gone.
    await holdWaysIn(tx, session.person)
    // Sessions before identities, the order in which a refresh takes them: else each waits for the other.
    await holdSessions(tx, session.person)
    const own = await holdIdentities(tx, session.person)
    const gone = own.find(({ id }) => id === removal.identity)
    if (gone === undefined) return { code: 'unknown_identity' }
    const usable = new Set(providers.all.map(({ name }) => name))
    const other = own.some(({ id, provider }) => id !== gone.id && usable.has(provider))
    const stays = other || (await hasOwnWayIn(identity, tx, session.person))
    if (!stays) return { code: 'last_identity' }
    const isCurrent = session.identity === gone.id
    const renewed = isCurrent ? undefined : await renewId(identity, tx, removal)
    const sessions = await endSessions(
      tx,
      { identity: gone.id },
      { now, reason: 'identity_unlinked' },
    )
    await deleteIdentity(tx, gone.id)
    const { provider } = gone
    await tellOwner(identity, tx, identityUnlinked, { person: session.person, provider, now })
    const data = { provider, sessions }
    const target = { type: 'identity', id: gone.id }
    await record(tx, removal.actor, identityEvents.unlinked({ outcome: 'success', target, data }))
    return { code: 'unlinked', session: renewed }
  })
}
