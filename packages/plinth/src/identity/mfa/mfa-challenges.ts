import type { KeyObject } from 'node:crypto'
import { channelOf } from '../../access/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Secret } from '../../kernel/index.ts'
import { deriveKey, hashToken, newId, newToken, seal, unseal } from '../../kernel/index.ts'
import type { Arrival, Challenge, Challenges, Missing } from '../enter.ts'
import type { Fingerprints } from '../sessions/fingerprint.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { Amr } from '../sessions/second-factors.ts'
import type { ChallengeRow, ShownToken } from './challenges.repository.ts'
import { insertChallenge } from './challenges.repository.ts'
import type { Offers, Way } from './offers.ts'
import { AMR_OF } from './offers.ts'

/** What keeping waiting sign-ins needs. */
export interface ChallengeDeps {
  readonly clock: Clock
  /** `app.session_signing_secret`. */
  readonly secret: Secret
  readonly fingerprints: Fingerprints
  readonly challengeSeconds: number
  readonly offers: Offers
}

/** Somebody who waits: who they are and what they proved, without what they sit at. */
export type WaitingSignIn = Omit<Arrival, 'actor' | 'browser'>

/** Seconds for setting a factor up: an app has to be found, a mail to arrive. */
const ENROLMENT_SECONDS = 900

/** Keeps sign-ins that lack a second factor. */
export function createChallenges(deps: ChallengeDeps): Challenges {
  return { begin: (tx, arrival, missing) => begin(deps, tx, { arrival, missing }) }
}

async function begin(
  deps: ChallengeDeps,
  tx: PlatformTx,
  { arrival, missing }: { readonly arrival: Arrival; readonly missing: Missing },
): Promise<Challenge> {
  const { clock, secret, fingerprints, offers } = deps
  const wants = missing.code === 'enrolment' ? 'enrolment' : 'factor'
  const { actor: _actor, browser, ...waiting } = arrival
  const id = newId<'mfa-challenge'>(clock)
  const token = newToken()
  const now = clock.now()
  const expiresInSeconds = wants === 'enrolment' ? ENROLMENT_SECONDS : deps.challengeSeconds
  await insertChallenge(tx, {
    id,
    tokenHash: challengeHash(token),
    person: arrival.person,
    wants,
    sealed: sealWaiting(secret, { id }, waiting),
    fingerprint: fingerprints.ofBrowser(browser.userAgent),
    now: isoTime(now),
    expiresAt: isoTime(now + expiresInSeconds * 1_000),
  })
  const methods = await offered(offers, tx, { waiting, wants })
  return { token, methods, expiresInSeconds }
}

/** The ways that would do: none that shows once more what was shown already (MF-23). */
export async function offered(
  offers: Offers,
  tx: PlatformTx,
  { waiting, wants }: { readonly waiting: WaitingSignIn; readonly wants: ChallengeRow['wants'] },
): Promise<readonly Way[]> {
  const shown = new Set(waiting.amr.map(channelOf))
  const { person } = waiting
  const all: readonly Way[] =
    wants === 'factor' ? await offers.owned(tx, person) : await offers.firstOnes(tx, person)
  return all.filter((way) => !shown.has(channelOf(AMR_OF[way])))
}

/** The key of a token of a waiting sign-in, as its browser shows it. */
export function shownToken(
  { clock, fingerprints }: Pick<ChallengeDeps, 'clock' | 'fingerprints'>,
  token: string,
  userAgent: string | undefined,
): ShownToken {
  return {
    tokenHash: challengeHash(token),
    fingerprint: fingerprints.ofBrowser(userAgent),
    now: isoTime(clock.now()),
  }
}

/** Seals what waits, for its row. */
export function sealWaiting(
  secret: Secret,
  { id }: Pick<ChallengeRow, 'id'>,
  waiting: Partial<WaitingSignIn>,
): Buffer {
  return seal(challengeKey(secret), placeOf(id), JSON.stringify(waiting))
}

/** Opens what waits. Undefined when the service has another secret since. */
export function openWaiting(
  secret: Secret,
  { id, sign_in_sealed }: Pick<ChallengeRow, 'id' | 'sign_in_sealed'>,
): WaitingSignIn | undefined {
  const text = unseal(challengeKey(secret), placeOf(id), sign_in_sealed)
  if (text === undefined) return undefined
  const waiting: WaitingSignIn = JSON.parse(text)
  return waiting
}

/** What a sign-in amounts to with one proof more. */
export function withProof(waiting: WaitingSignIn, amr: Amr, now: number): WaitingSignIn {
  return {
    ...waiting,
    amr: [...new Set([...waiting.amr, amr])],
    // A provider's word for how strong it was stays its word; ours is for accounts of ours.
    acr: waiting.provider === 'local' ? 'aal2' : waiting.acr,
    authenticatedAt: now,
  }
}

function challengeHash(token: string): Buffer {
  return hashToken('mfa-challenge', token)
}

function challengeKey(secret: Secret): KeyObject {
  return deriveKey(secret, 'mfa-challenge')
}

function placeOf(id: string): string {
  return `waiting sign-in ${id}`
}
