import type { SignInFault } from '../identity.events.ts'
import type { Metadata } from './discovery.ts'
import type { Provider } from './provider.ts'

/** What a provider sends to the callback, as it came: a text, several, or nothing. */
export interface CallbackQuery {
  readonly code: unknown
  readonly error: unknown
  readonly iss: unknown
}

/** A code to exchange, or why there is none. */
export type CallbackAnswer =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly reason: SignInFault; readonly fault: string }

const LONGEST_CODE = 4_096
// RFC 6749 A.11: visible ASCII. Anything else did not come from a provider.
const CODE = /^[\x20-\x7e]+$/
const ERROR = /^[a-z_]{1,64}$/

/**
 * Reads the answer of a provider to a known state. The issuer is checked first, also for errors: an
 * answer of another provider must not end this sign-in in its name (RFC 9207 2.4).
 */
export function callbackAnswer(
  provider: Provider,
  metadata: Pick<Metadata, 'sendsIssuer'>,
  { code, error, iss }: CallbackQuery,
): CallbackAnswer {
  const wrongIssuer =
    iss === undefined ? metadata.sendsIssuer : typeof iss !== 'string' || !provider.isIssuer(iss)
  if (wrongIssuer) return failed('issuer_mismatch', iss === undefined ? 'missing' : 'different')
  if (error !== undefined) {
    return failed(
      'provider_error',
      typeof error === 'string' && ERROR.test(error) ? error : 'other',
    )
  }
  if (typeof code !== 'string' || code.length > LONGEST_CODE || !CODE.test(code)) {
    return failed('code_missing', code === undefined ? 'missing' : 'malformed')
  }
  return { ok: true, code }
}

function failed(reason: SignInFault, fault: string): CallbackAnswer {
  return { ok: false, reason, fault }
}
