import type { Actor } from '../access/index.ts'
import { record } from '../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../data/index.ts'
import type { Id } from '../kernel/index.ts'
import { hashToken } from '../kernel/index.ts'
import type { Notify } from '../notify/index.ts'
import { newDeviceSignIn } from '../notify/index.ts'
import type { Welcome } from '../tenancy/index.ts'
import type { BrowserSession } from './browser-session.ts'
import { findBrowserSession } from './browser-session.ts'
import { authEvents } from './identity.events.ts'
import { hasAddress } from './linking/identities.repository.ts'
import { moveOffers } from './linking/link-offers.repository.ts'
import { offerLink } from './linking/offer-link.ts'
import { holdNames, isSignedOut } from './logout/provider-sign-outs.repository.ts'
import { findIdentity, rememberDevice } from './people/people.repository.ts'
import type { Profile } from './people/profile.ts'
import type { Provisioned } from './people/provision-person.ts'
import { provisionPerson } from './people/provision-person.ts'
import { endSessions } from './sessions/end-sessions.repository.ts'
import { browserKind } from './sessions/fingerprint.ts'
import type { MintedSession, ProviderTokens, SessionDeps } from './sessions/mint-session.ts'
import { isoTime, mintSession } from './sessions/mint-session.ts'
import { queueForPlace } from './sessions/session-limit.ts'
import type { UnendedSession } from './sessions/sessions.repository.ts'
import { findUnended } from './sessions/sessions.repository.ts'

/** What signing a person in needs. */
export interface SignInDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
  readonly notify: Pick<Notify, 'mail'>
  readonly tenancy: Pick<Welcome, 'arrive'>
  /** `app.base_url`, for the mail about a new device. */
  readonly baseUrl: string
}

/** A person whom a provider vouches for, and the browser they sit at. */
export interface ProvenPerson {
  readonly issuer: string
  readonly subject: string
  readonly provider: string
  readonly profile: Profile
  /** When they last proved it to the provider, milliseconds since 1970. */
  readonly authenticatedAt: number
  /** When the provider vouched for them, milliseconds since 1970: `iat` of the ID token. */
  readonly vouchedAt: number
  /** OIDC `acr` and `sid` of the ID token; null when it carries none. */
  readonly acr: string | null
  readonly providerSession: string | null
  readonly tokens: ProviderTokens
  readonly actor: Actor
  readonly userAgent: string | undefined
  /** The session that this browser brought along; it ends. */
  readonly formerToken: string | undefined
  /** Who must come back from a step-up; undefined where anybody may. */
  readonly expected: Id<'person'> | undefined
  /** Where they go after it; already the result of `safeReturnTo`. */
  readonly returnTo: string
}

/** A session, or why the person may not have one. */
export type SignIn =
  | { readonly code: 'signed_in'; readonly session: MintedSession }
  | { readonly code: 'person_disabled' }
  | { readonly code: 'other_person' }
  /** The provider signed them out while this sign-in was under way. */
  | { readonly code: 'signed_out_meanwhile' }
  /** Their address is that of the person who is signed in here: they are asked to link. */
  | { readonly code: 'offered'; readonly offer: Id<'link-offer'> }

/**
 * Signs a proven person in: person, tenant, session, notice and audit row commit together. The
 * session that the browser had before ends, whoever's it was, and is never merged (RP-33).
 */
export async function signIn(deps: SignInDeps, proven: ProvenPerson): Promise<SignIn> {
  return deps.platform.transaction(async (tx) => {
    if (await wasSignedOut(tx, proven)) return { code: 'signed_out_meanwhile' }
    const known = await findIdentity(tx, proven)
    if (proven.expected !== undefined && known?.person !== proven.expected) {
      return { code: 'other_person' }
    }
    const former = await findBrowserSession(tx, proven.formerToken, nowOf(deps))
    if (known === undefined && former !== undefined && (await isLikely(tx, former, proven))) {
      const offer = await offerLink(tx, deps.sessions.clock, { session: former, account: proven })
      return { code: 'offered', offer }
    }
    const provision = { clock: deps.sessions.clock, tenancy: deps.tenancy }
    const someone = await provisionPerson(tx, provision, { known, arrival: proven })
    if (someone.status !== 'active') return { code: 'person_disabled' }
    return { code: 'signed_in', session: await openSession(deps, tx, { proven, someone, former }) }
  })
}

/** Whether the provider's word is taken back already: its sign-out may overtake the browser's way here. */
async function wasSignedOut(tx: PlatformTx, proven: ProvenPerson): Promise<boolean> {
  const { provider, issuer: iss, subject: sub, providerSession: sid, vouchedAt } = proven
  const named = { provider, iss, sub, sid }
  await holdNames(tx, named)
  return isSignedOut(tx, named, isoTime(vouchedAt))
}

/** Who arrived, and the live session that their browser had until now. */
interface Arrived {
  readonly proven: ProvenPerson
  readonly someone: Provisioned
  readonly former: BrowserSession | undefined
}

async function openSession(
  deps: SignInDeps,
  tx: PlatformTx,
  { proven, someone, former }: Arrived,
): Promise<MintedSession> {
  await queueForPlace(deps.sessions, tx, someone.person)
  await endFormer(deps, tx, { proven, someone })
  const session = await mintSession(deps.sessions, tx, {
    ...proven,
    person: someone.person,
    // A step-up goes on where the person was.
    tenant: proven.expected === undefined || former === undefined ? someone.tenant : former.tenant,
    identity: someone.identity,
    clientAddress: proven.actor.clientAddress,
  })
  if (former?.person === someone.person) await moveOffers(tx, former, session.id)
  const isNewDevice = await noticeDevice(deps, tx, { proven, someone })
  const event = authEvents.sign_in({
    outcome: 'success',
    target: { type: 'session', id: session.id },
    data: { provider: proven.provider, new_person: someone.isNew, new_device: isNewDevice },
  })
  await record(tx, { ...proven.actor, kind: 'person', person: someone.person }, event)
  return session
}

function nowOf({ sessions }: SignInDeps): string {
  return isoTime(sessions.clock.now())
}

/** Whether an account that nobody has yet carries a verified address of the person signed in here. */
async function isLikely(
  tx: PlatformTx,
  { person }: BrowserSession,
  { profile: { email } }: ProvenPerson,
): Promise<boolean> {
  return email !== null && hasAddress(tx, person, email)
}

async function endFormer(
  deps: SignInDeps,
  tx: PlatformTx,
  arrived: Pick<Arrived, 'proven' | 'someone'>,
): Promise<void> {
  const token = arrived.proven.formerToken
  const former = token && (await findUnended(tx, hashToken('session', token)))
  if (!former) return
  const keepsGrant = isSameGrant(former, arrived)
  const end = { now: nowOf(deps), reason: 'signed_in_again', keepsGrant } as const
  await endSessions(tx, { family: former.family_id }, end)
}

/**
 * Whether the provider holds the former tokens and the new ones as one grant: a revocation of the
 * former (RFC 7009 2.1) would end the new ones too. Where it names no session, that must be assumed.
 */
function isSameGrant(
  { identity_id: identity, provider_session_id: sid }: UnendedSession,
  { proven: { providerSession }, someone }: Pick<Arrived, 'proven' | 'someone'>,
): boolean {
  if (identity !== someone.identity) return false
  return sid === null || providerSession === null || sid === providerSession
}

/** Tells a person by mail of the first sign-in from a device; false when it was known. */
async function noticeDevice(
  deps: SignInDeps,
  tx: PlatformTx,
  { proven, someone }: { readonly proven: ProvenPerson; readonly someone: Provisioned },
): Promise<boolean> {
  const { clock, fingerprints } = deps.sessions
  const now = isoTime(clock.now())
  const hash = fingerprints.ofDevice(someone.person, proven.userAgent)
  if (!(await rememberDevice(tx, { person: someone.person, hash, now }))) return false
  const { email, name } = proven.profile
  if (email === null) return true
  const { family, system } = browserKind(proven.userAgent)
  await deps.notify.mail(
    tx,
    newDeviceSignIn,
    { name, address: email },
    {
      name,
      when: now,
      device: `${family} on ${system}`,
      address: proven.actor.clientAddress ?? 'unknown',
      baseUrl: deps.baseUrl,
    },
  )
  return true
}
