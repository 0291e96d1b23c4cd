import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Loaded by the first authenticator app, not by every start. */
function otpauth(): typeof import('otpauth') {
  return require('otpauth')
}

/** RFC 6238 with what every authenticator app understands. */
const RULE = { algorithm: 'SHA1', digits: 6, period: 30 } as const
/** RFC 4226 4: at least 128 bits, 160 advised. */
const SECRET_BYTES = 20
/** Steps that a clock may be off, each way (RFC 6238 5.2 advises one). */
const WINDOW = 1

/** A new secret for an authenticator app: 160 random bits in base32. */
export function newTotpSecret(): string {
  return new (otpauth().Secret)({ buffer: new Uint8Array(randomBytes(SECRET_BYTES)).buffer }).base32
}

/**
 * The address that an authenticator app reads from a QR code.
 * @param account how the app names the account, beside the issuer
 */
export function totpUri(of: {
  readonly secret: string
  readonly issuer: string
  readonly account: string
}): string {
  const { secret, issuer, account } = of
  // A colon would part the label in two (Key URI Format).
  const label = account.replaceAll(':', ' ')
  const { Secret, TOTP } = otpauth()
  return new TOTP({ ...RULE, issuer, label, secret: Secret.fromBase32(secret) }).toString()
}

/**
 * The step whose code this is; undefined for a code of no step within one of the present.
 * @param code six ASCII digits, checked by the caller
 * @param nowMs of the server: what a client says of the time counts for nothing (ASVS 6.5.8)
 */
export function totpStep(secret: string, code: string, nowMs: number): number | undefined {
  const { Secret, TOTP } = otpauth()
  const delta = TOTP.validate({
    ...RULE,
    secret: Secret.fromBase32(secret),
    token: code,
    timestamp: nowMs,
    window: WINDOW,
  })
  if (delta === null) return undefined
  return TOTP.counter({ period: RULE.period, timestamp: nowMs }) + delta
}
