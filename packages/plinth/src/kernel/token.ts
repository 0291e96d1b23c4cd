import type { KeyObject } from 'node:crypto'
import {
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import type { Secret } from './secret.ts'

/** What a token may be used for. A token of one purpose never opens the door of another. */
export type Purpose =
  | 'session'
  | 'session-successor'
  | 'device'
  | 'pending-login'
  | 'csrf'
  | 'fingerprint'
  | 'cursor'
  | 'provider-token'
  | 'logout-state'
  | 'logout-token'
  | 'one-time'
  | 'passkey-holder'
  | 'attempt'
  | 'account-request'
  | 'idempotency'
  | 'signing-key'
  | 'access-token'
  | 'refresh-token'
  | 'refresh-successor'
  | 'refresh-csrf'
  | 'client-secret'
  | 'client-assertion'
  | 'message'
  | 'mfa-secret'
  | 'mfa-code'
  | 'mfa-challenge'
  | 'recovery-code'
  | 'remembered-device'
  | 'decoy'

/** 256 random bits as 43 base64url characters. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What the database keeps of a token: SHA-256 over purpose and token. A dump holds no usable token. */
export function hashToken(purpose: Purpose, token: string): Buffer {
  return hash('sha256', `plinth:${purpose}\0${token}`, 'buffer')
}

/** The same as a key for what is kept in memory: as many characters as the hash has bytes. */
export function tokenKey(purpose: Purpose, token: string): string {
  return hash('sha256', `plinth:${purpose}\0${token}`, 'binary')
}

/**
 * A key for one purpose, derived from a signing secret (HKDF-SHA256, RFC 5869). A KeyObject does not
 * print, and an HMAC begins three times faster with it than with bytes.
 */
export function deriveKey(secret: Secret, purpose: Purpose): KeyObject {
  const bytes = hkdfSync('sha256', secret.reveal(), 'plinth', purpose, 32)
  return createSecretKey(new Uint8Array(bytes))
}

/** HMAC-SHA256 over length-prefixed parts, base64url: `['ab','c']` and `['a','bc']` differ. */
export function mac(key: KeyObject, ...parts: readonly string[]): string {
  // One call for all parts: each costs more than what it hashes.
  const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('')
  return createHmac('sha256', key).update(text).digest('base64url')
}

/** Compares two texts in a time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
