import type { KeyObject } from 'node:crypto'
import { randomBytes } from 'node:crypto'
import type { CryptoKey, JWK } from 'jose'
import type { Clock, Id } from '../../../kernel/index.ts'
import { newId, seal, unseal } from '../../../kernel/index.ts'
import { isoTime } from '../../sessions/iso-time.ts'
import type { SigningAlgorithm } from './signing-algorithms.ts'
import type { SigningKeyRow } from './signing-keys.repository.ts'

/** A key as a process holds it. Times are milliseconds since 1970. */
export interface SigningKey {
  readonly id: Id<'signing-key'>
  readonly algorithm: SigningAlgorithm
  /** Undefined when the service's secret was changed since: it verifies, and signs no more. */
  readonly signing: CryptoKey | undefined
  readonly verifying: CryptoKey | undefined
  /** What is published; undefined for a key that both signs and verifies. */
  readonly published: JWK | undefined
  readonly createdAt: number
  readonly signsFrom: number
  readonly verifiesUntil: number
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const
const HMAC_BYTES = 32

/** Makes a key that signs from a moment on. The private half leaves this function sealed. */
export async function newSigningKey(
  sealing: KeyObject,
  clock: Clock,
  { algorithm, signsFrom }: { readonly algorithm: SigningAlgorithm; readonly signsFrom: number },
): Promise<SigningKeyRow> {
  const id = newId<'signing-key'>(clock)
  const pair = await newPair(algorithm)
  return {
    id,
    algorithm,
    public_jwk: pair.public,
    private_sealed: seal(sealing, placeOf(id), JSON.stringify(pair.private)),
    created_at: isoTime(clock.now()),
    signs_from: isoTime(signsFrom),
    verifies_until: null,
  }
}

async function newPair(algorithm: SigningAlgorithm) {
  if (algorithm === 'HS256') {
    return {
      public: null,
      private: { kty: 'oct', k: randomBytes(HMAC_BYTES).toString('base64url') },
    }
  }
  const { exportJWK, generateKeyPair } = await import('jose')
  const made = await generateKeyPair(algorithm, { extractable: true })
  return {
    public: { ...(await exportJWK(made.publicKey)) },
    private: { ...(await exportJWK(made.privateKey)) },
  }
}

/** Opens a key that was read. */
export async function openSigningKey(sealing: KeyObject, row: SigningKeyRow): Promise<SigningKey> {
  const { id, algorithm, public_jwk: publicJwk } = row
  const text = unseal(sealing, placeOf(id), row.private_sealed)
  const signing =
    text === undefined ? undefined : await importKey(JSON.parse(text), algorithm, 'sign')
  const symmetric = publicJwk === null
  return {
    id,
    algorithm,
    signing,
    verifying: symmetric ? signing : await importKey(publicJwk, algorithm, 'verify'),
    published: symmetric ? undefined : { ...publicJwk, kid: id, alg: algorithm, use: 'sig' },
    createdAt: Date.parse(row.created_at),
    signsFrom: Date.parse(row.signs_from),
    verifiesUntil:
      row.verifies_until === null ? Number.POSITIVE_INFINITY : Date.parse(row.verifies_until),
  }
}

async function importKey(jwk: JWK, algorithm: SigningAlgorithm, use: 'sign' | 'verify') {
  const { importJWK } = await import('jose')
  const key = await importJWK(jwk, algorithm, { extractable: false })
  if (!(key instanceof Uint8Array)) return key
  const uses: ('sign' | 'verify')[] = use === 'sign' ? ['sign', 'verify'] : ['verify']
  // By the global: its types are those of jose wherever this is compiled.
  return crypto.subtle.importKey('raw', new Uint8Array(key), HMAC, false, uses)
}

/** What a sealed key is bound to. */
function placeOf(id: string): string {
  return `signing key ${id}`
}
