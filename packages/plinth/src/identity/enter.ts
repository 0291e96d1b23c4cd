import type { Actor } from '../access/index.ts'
import { record } from '../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../data/index.ts'
import { hashToken } from '../kernel/index.ts'
import type { Notify } from '../notify/index.ts'
import { newDeviceSignIn } from '../notify/index.ts'
import { findBrowserSession } from './browser-session.ts'
import { authEvents } from './identity.events.ts'
import { moveOffers } from './linking/link-offers.repository.ts'
import { rememberDevice } from './people/people.repository.ts'
import { deviceName } from './sessions/fingerprint.ts'
import type { Minted, MintedSession, SessionDeps, SignedIn } from './sessions/mint-session.ts'
import { isoTime, mintSession } from './sessions/mint-session.ts'
import { queueForPlace } from './sessions/session-limit.ts'
import type { UnendedSession } from './sessions/sessions.repository.ts'
import { findUnended } from './sessions/sessions.repository.ts'

/** What letting somebody in needs. */
export interface EnterDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
  readonly challenges: Challenges
  readonly notify: Pick<Notify, 'mail'>
  /** `app.base_url`, for the mail about a new device. */
  readonly baseUrl: string
}

/** Keeps a sign-in that lacks a second factor until the person brought one. */
export interface Challenges {
  begin(tx: PlatformTx, arrival: Arrival, missing: Missing): Promise<Challenge>
}

/** What is missing. */
export type Missing = Exclude<Minted, { readonly code: 'minted' }>

/** A sign-in that waits for a second factor. */
export interface Challenge {
  /** Brings the sign-in back, once: for whoever passed the first factor, and for nobody else. */
  readonly token: string
  /** Kinds of factors that would do, the person's preferred first. */
  readonly methods: readonly string[]
  readonly expiresInSeconds: number
}

/** Somebody who proved who they are, with what, and what they sit at. */
export interface Arrival
  extends Omit<SignedIn, 'replaces' | 'userAgent' | 'clientAddress' | 'rememberedDevice'> {
  /** For the mail about a new device. */
  readonly name: string
  readonly email: string | null
  readonly isNewPerson: boolean
  readonly actor: Actor
  readonly browser: Browser
}

/** What somebody sits at. */
export interface Browser {
  readonly userAgent: string | undefined
  /** The session that it brought along; it ends when the new one begins. */
  readonly formerToken: string | undefined
  /** What it brings that was remembered after a second factor. */
  readonly rememberedDevice: string | undefined
}

/** A session, or a challenge that leads to one. */
export type Entered =
  | { readonly code: 'signed_in'; readonly session: MintedSession }
  | { readonly code: 'mfa_required'; readonly challenge: Challenge }
  | { readonly code: 'mfa_enrolment_required'; readonly challenge: Challenge }

/**
 * Lets somebody in: the one way on from every proof (a provider's word, a password, a passkey, an
 * invitation, a second factor) to a session. Session, end of the browser's former one, notice and
 * audit row commit together; with a factor missing nothing changes but the challenge.
 */
export async function enter(deps: EnterDeps, tx: PlatformTx, arrival: Arrival): Promise<Entered> {
  const { person, actor, browser } = arrival
  await queueForPlace(deps.sessions, tx, person)
  const now = isoTime(deps.sessions.clock.now())
  const former = await findBrowserSession(tx, browser.formerToken, now)
  const minted = await mintSession(deps.sessions, tx, {
    ...arrival,
    ...browser,
    clientAddress: actor.clientAddress,
    replaces: await replacedBy(tx, arrival),
  })
  if (minted.code !== 'minted') {
    const challenge = await deps.challenges.begin(tx, arrival, minted)
    const code = minted.code === 'enrolment' ? 'mfa_enrolment_required' : 'mfa_required'
    return { code, challenge }
  }
  if (former?.person === person) await moveOffers(tx, former, minted.id)
  const isNewDevice = await noticeDevice(deps, tx, arrival)
  const event = authEvents.sign_in({
    outcome: 'success',
    target: { type: 'session', id: minted.id },
    data: {
      provider: arrival.provider,
      new_person: arrival.isNewPerson,
      new_device: isNewDevice,
      amr: [...arrival.amr],
    },
  })
  await record(tx, { ...actor, kind: 'person', person }, event)
  return { code: 'signed_in', session: { id: minted.id, token: minted.token } }
}

/** The session that the browser had before: it ends, whoever's it was, and is never merged (RP-33). */
async function replacedBy(tx: PlatformTx, arrival: Arrival): Promise<SignedIn['replaces']> {
  const { formerToken } = arrival.browser
  if (formerToken === undefined) return undefined
  const former = await findUnended(tx, hashToken('session', formerToken))
  return former && { family: former.family_id, keepsGrant: isSameGrant(former, arrival) }
}

/**
 * Whether the provider holds the former tokens and the new ones as one grant: a revocation of the
 * former (RFC 7009 2.1) would end the new ones too. Where it names no session, that must be assumed.
 */
function isSameGrant(
  { identity_id: identity, provider_session_id: sid }: UnendedSession,
  arrival: Arrival,
): boolean {
  if (identity === null || identity !== arrival.identity) return false
  return sid === null || arrival.providerSession === null || sid === arrival.providerSession
}

/** Tells a person by mail of the first sign-in from a device; false when it was known. */
async function noticeDevice(deps: EnterDeps, tx: PlatformTx, arrival: Arrival): Promise<boolean> {
  const { clock, fingerprints } = deps.sessions
  const { person, name, email, actor, browser } = arrival
  const now = isoTime(clock.now())
  const hash = fingerprints.ofDevice(person, browser.userAgent)
  if (!(await rememberDevice(tx, { person, hash, now }))) return false
  if (email === null) return true
  await deps.notify.mail(
    tx,
    newDeviceSignIn,
    { name, address: email },
    {
      name,
      when: now,
      device: deviceName(browser.userAgent),
      address: actor.clientAddress ?? 'unknown',
      baseUrl: deps.baseUrl,
    },
  )
  return true
}
