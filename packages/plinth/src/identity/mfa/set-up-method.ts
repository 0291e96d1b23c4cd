import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { phoneNumber } from '../../notify/index.ts'
import { addressOf } from '../linking/identities.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { MethodKind } from './factors.repository.ts'
import { mfaProblems } from './mfa.errors.ts'
import { mfaEvents } from './mfa.events.ts'
import type { MfaParts } from './mfa-parts.ts'
import type { SetUpPlace } from './pending-methods.repository.ts'
import { insertPending } from './pending-methods.repository.ts'
import { countryOf } from './phone-country.ts'
import { mayNotSend, sendCode } from './send-code.ts'
import { newTotpSecret, totpUri } from './totp.ts'

/** A factor that somebody wants to have. */
export interface SetUp extends SetUpPlace {
  readonly kind: MethodKind
  readonly label: string | undefined
  readonly phone: string | undefined
  readonly actor: Actor
}

/** What the person needs to confirm it. The secret is shown here and nowhere else. */
export type Prepared =
  | {
      readonly code: 'app'
      readonly method: Id<'mfa-method'>
      readonly secret: string
      readonly uri: string
      readonly qrSvg: string
    }
  | {
      readonly code: 'sent'
      readonly method: Id<'mfa-method'>
      readonly sentTo: string
      readonly expiresInSeconds: number
    }
  | { readonly code: 'too_many'; readonly retryAfterSeconds: number }

/** Seconds in which a factor that was set up must be confirmed; then its secret is gone (MF-17). */
export const PENDING_SECONDS = 900

/**
 * Prepares a factor. It counts for nothing until a first code shows that the person has it.
 * @throws AppError mfa.not_offered, mfa.no_address, mfa.phone_refused, sms.number_refused
 */
export async function setUpMethod(parts: MfaParts, wanted: SetUp): Promise<Prepared> {
  if (!parts.factors.offers.offers(wanted.kind)) throw mfaProblems.notOffered()
  const method = newId<'mfa-method'>(parts.clock)
  if (wanted.kind === 'totp') {
    return parts.platform.transaction((tx) => setUpApp(parts, tx, { ...wanted, method }))
  }
  const address = await addressFor(parts, wanted)
  const request = {
    person: wanted.person,
    actor: wanted.actor,
    method: { id: method, kind: wanted.kind, address },
    scope: { pending: method },
  }
  const refused = await mayNotSend(parts, request)
  if (refused !== undefined) return refused
  return parts.platform.transaction(async (tx) => {
    await keep(parts, tx, { ...wanted, method, address, sealed: null, keyId: null })
    return { ...(await sendCode(parts, tx, request)), method }
  })
}

type Keeping = SetUp & { readonly method: Id<'mfa-method'> }

async function setUpApp(parts: MfaParts, tx: PlatformTx, wanted: Keeping): Promise<Prepared> {
  const { factors, app } = parts
  const { method, person } = wanted
  const secret = newTotpSecret()
  const { sealed, keyId } = factors.keys.seal({ person, method }, secret)
  await keep(parts, tx, { ...wanted, address: null, sealed, keyId })
  const account = (await addressOf(tx, person))?.address ?? app.name
  const uri = totpUri({ secret, issuer: factors.settings.issuer ?? app.name, account })
  const { renderSVG } = await import('uqr')
  return { code: 'app', method, secret, uri, qrSvg: renderSVG(uri) }
}

async function addressFor({ platform, factors }: MfaParts, wanted: SetUp): Promise<string> {
  if (wanted.kind === 'email') {
    const own = await platform.transaction((tx) => addressOf(tx, wanted.person))
    if (own === undefined) throw mfaProblems.noAddress()
    return own.address
  }
  const number = phoneNumber(wanted.phone ?? '')
  if (countryOf(number, factors.settings.sms.countries) === undefined) {
    throw mfaProblems.phoneRefused()
  }
  return number
}

interface Kept extends Keeping {
  readonly address: string | null
  readonly sealed: Buffer | null
  readonly keyId: string | null
}

async function keep({ clock }: MfaParts, tx: PlatformTx, kept: Kept): Promise<void> {
  const now = clock.now()
  const { method: id, kind, label = null, address, sealed, keyId } = kept
  const expiresAt = isoTime(now + PENDING_SECONDS * 1_000)
  const row = { id, kind, label, address, sealed, keyId, now: isoTime(now), expiresAt }
  await insertPending(tx, kept, row)
  const target = { type: 'person', id: kept.person }
  await record(tx, kept.actor, mfaEvents.set_up({ outcome: 'success', target, data: { kind } }))
}
