import type { KeyObject } from 'node:crypto'
import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { newToken } from '../../kernel/index.ts'

/** Algorithms that {@link newSigningKey} makes key pairs for (RFC 7518, RFC 8037). */
export type SigningAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'

/** Something that signs tokens. */
export interface SigningKey {
  /** Name in the token's header. */
  readonly kid: string
  /** Algorithm in the token's header; a test may write another one there. */
  readonly alg: string
  /** What a key set publishes; the secret half is not in it. Empty for shared secrets. */
  readonly jwk: Readonly<Record<string, unknown>>
  /** Both halves of a key pair, for a test that misuses them. */
  readonly publicKey: KeyObject | undefined
  readonly privateKey: KeyObject | undefined
  /** Signs the text before a token's second dot. */
  sign(input: string): Buffer
}

/** Makes a key pair. RSA keys have 2,048 bits and take a moment: make them once for many tests. */
export function newSigningKey(alg: SigningAlgorithm = 'RS256', kid = newKid()): SigningKey {
  const { publicKey, privateKey } = pairFor(alg)
  return {
    kid,
    alg,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' },
    publicKey,
    privateKey,
    sign: (input) => sign(digestOf(alg), Buffer.from(input), signerFor(alg, privateKey)),
  }
}

/** Signs with a shared secret, as nobody may who only knows public things. */
export function sharedSecretKey(secret: string, kid = newKid()): SigningKey {
  return {
    kid,
    alg: 'HS256',
    jwk: {},
    ...{ publicKey: undefined, privateKey: undefined },
    sign: (input) => createHmac('sha256', secret).update(input).digest(),
  }
}

/** Signs nothing: the signature is empty and the algorithm `none` (RFC 7518 3.6). */
export const unsigned: SigningKey = {
  kid: 'none',
  alg: 'none',
  jwk: {},
  ...{ publicKey: undefined, privateKey: undefined },
  sign: () => Buffer.alloc(0),
}

const CURVES = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const

function pairFor(alg: SigningAlgorithm) {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519')
  if (alg === 'ES256' || alg === 'ES384' || alg === 'ES512') {
    return generateKeyPairSync('ec', { namedCurve: CURVES[alg] })
  }
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

function digestOf(alg: SigningAlgorithm): string | null {
  return alg === 'EdDSA' ? null : `sha${alg.slice(2)}`
}

function signerFor(alg: SigningAlgorithm, key: KeyObject) {
  if (alg.startsWith('ES')) return { key, dsaEncoding: 'ieee-p1363' as const }
  if (!alg.startsWith('PS')) return { key }
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
}

function newKid(): string {
  return `key-${newToken().slice(0, 8)}`
}
