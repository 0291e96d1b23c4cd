import type { Actor } from '../../access/index.ts'
import { record, recordOutside } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { oneTimeCode } from '../../notify/index.ts'
import { addressOf } from '../linking/identities.repository.ts'
import type { ActiveMethod } from './factors.repository.ts'
import { mfaEvents } from './mfa.events.ts'
import type { MfaParts } from './mfa-parts.ts'
import { countryOf, maskedAddress } from './phone-country.ts'
import { countSend } from './send-limit.ts'
import type { CodeScope } from './sent-codes.repository.ts'
import { keepCode } from './sent-codes.repository.ts'
import { newDigits } from './typed-code.ts'

/** A code that is asked for: by whom, through what, for what. */
export interface CodeRequest {
  readonly person: Id<'person'>
  readonly method: Pick<ActiveMethod, 'id' | 'kind' | 'address'>
  readonly scope: CodeScope
  readonly actor: Actor
}

/** What comes of it; the code itself goes only where it is sent. */
export type SentCode =
  | { readonly code: 'sent'; readonly sentTo: string; readonly expiresInSeconds: number }
  | { readonly code: 'too_many'; readonly retryAfterSeconds: number }

/**
 * Asks for a place among what may be sent. In a transaction of its own, before the one that sends.
 * @returns undefined when the code may be sent
 */
export async function mayNotSend(
  parts: MfaParts,
  { person, method, actor, scope }: CodeRequest,
): Promise<Extract<SentCode, { code: 'too_many' }> | undefined> {
  const address = method.address ?? ''
  const { countries } = parts.factors.settings.sms
  const country = method.kind === 'sms' ? countryOf(address, countries) : undefined
  const { clientAddress } = actor
  // An address that is only being set up may be anybody's.
  const isKnownPlace =
    !('pending' in scope) &&
    (await parts.attempts.knows(parts.platform, {
      subject: { person },
      factor: 'second',
      address: clientAddress,
    }))
  const asked = { person, address, clientAddress, country, isKnownPlace }
  const retryAfterSeconds = await countSend(parts, asked)
  if (retryAfterSeconds === undefined) return undefined
  const target = { type: 'person', id: person }
  const data = { kind: method.kind }
  const event = mfaEvents.code_sent({ outcome: 'denied', reason: 'too_many', target, data })
  await recordOutside(parts.platform, actor, event)
  return { code: 'too_many', retryAfterSeconds }
}

/** Sends a code, in the transaction of what it is for. */
export async function sendCode(
  parts: MfaParts,
  tx: PlatformTx,
  request: CodeRequest,
): Promise<Extract<SentCode, { code: 'sent' }>> {
  const { clock, factors } = parts
  const { person, method, scope, actor } = request
  const address = method.address ?? ''
  const seconds = factors.settings.code_seconds
  const digits = newDigits()
  const place = { method: method.id, scope, address }
  const { expiresAt } = await keepCode(tx, factors.codeKey, { ...place, digits, clock, seconds })
  await deliver(parts, tx, { ...request, digits, notAfter: expiresAt })
  const target = { type: 'person', id: person }
  const data = { kind: method.kind }
  await record(tx, actor, mfaEvents.code_sent({ outcome: 'success', target, data }))
  return { code: 'sent', sentTo: maskedAddress(address), expiresInSeconds: seconds }
}

async function deliver(
  { notify, app, factors }: MfaParts,
  tx: PlatformTx,
  { person, method, digits, notAfter }: CodeRequest & { digits: string; notAfter: string },
): Promise<void> {
  const to = method.address ?? ''
  if (method.kind === 'sms') {
    const text = smsText({ digits, service: app.name, host: new URL(app.base_url).host })
    return notify.sms(tx, { to, text, notAfter })
  }
  const name = (await addressOf(tx, person))?.name ?? ''
  const minutes = Math.ceil(factors.settings.code_seconds / 60)
  const data = { name, code: digits, minutes, baseUrl: app.base_url }
  await notify.mail(tx, oneTimeCode, { name, address: to }, data)
}

/** The last line lets a phone fill the code in on our own site, and on no other. */
function smsText(of: {
  readonly digits: string
  readonly service: string
  readonly host: string
}): string {
  const { digits, service, host } = of
  return `${digits} is your code for ${service}. Never tell it to anybody.\n\n@${host} #${digits}`
}
