import type { KeyObject } from 'node:crypto'
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { CborValue } from './cbor.ts'
import { encodeCbor } from './cbor.ts'

/** Options for `navigator.credentials.create()`, as far as a device looks at them. */
export interface AskedForNew {
  readonly challenge: string
  readonly rp: { readonly id: string }
  readonly user: { readonly id: string }
}

/** Options for `navigator.credentials.get()`, as far as a device looks at them. */
export interface Asked {
  readonly challenge: string
  readonly rpId: string
  readonly allowCredentials: readonly { readonly id: string }[]
}

/** How one answer differs from what a browser and its device would say. */
export interface AnswerFaults {
  readonly type?: string
  readonly challenge?: string
  readonly origin?: string
  readonly crossOrigin?: boolean
  readonly topOrigin?: string
  readonly rpId?: string
  /** Whether somebody touched the device, and whether it checked who. Both, unless said. */
  readonly userPresent?: boolean
  readonly userVerified?: boolean
  readonly counter?: number
  /** Flips a bit of the signature. */
  readonly wrongSignature?: boolean
  /** Whose passkey it claims to be; null says nothing. */
  readonly userHandle?: string | null
  /** Shown in place of its own. */
  readonly credentialId?: string
  /** COSE algorithm that a new key claims to be of; -7 (ES256) is true. */
  readonly algorithm?: number
  /** Attestation format and statement; `none` and an empty one, unless said. */
  readonly attestation?: { readonly format: string; readonly statement: CborValue }
}

/** What `create()` answers, as its `toJSON()`. */
export interface NewCredential {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly response: {
    readonly clientDataJSON: string
    readonly attestationObject: string
    readonly transports: readonly string[]
  }
}

/** What `get()` answers, as its `toJSON()`. */
export interface CredentialAnswer {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly response: {
    readonly clientDataJSON: string
    readonly authenticatorData: string
    readonly signature: string
    readonly userHandle?: string
  }
}

/** A device with passkeys (ES256), and the browser in front of it. */
export interface Authenticator {
  /** Makes a passkey and keeps it. */
  create(asked: AskedForNew, faults?: AnswerFaults): NewCredential
  /**
   * Answers with the passkey that is asked for, or the newest.
   * @throws Error when it has none
   */
  get(asked: Asked, faults?: AnswerFaults): CredentialAnswer
}

/** How a device behaves. */
export interface AuthenticatorOptions {
  /** Origin of the page that the browser shows. */
  readonly origin: string
  /** Whether it counts its signatures; synced passkeys do not. */
  readonly counts?: boolean
  /** Whether its passkeys may be on other devices too. */
  readonly synced?: boolean
}

interface Held {
  readonly id: string
  readonly key: KeyObject
  readonly userHandle: string
  uses: number
}

/**
 * A passkey device in software, for tests: real keys, real CBOR and COSE, and any of its words may be
 * replaced by a wrong one.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const held: Held[] = []
  return {
    create: (asked, faults = {}) => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const id = randomBytes(32).toString('base64url')
      held.push({ id, key: privateKey, userHandle: asked.user.id, uses: 0 })
      const key = coseKey(publicKey, faults.algorithm ?? -7)
      return newCredential(options, { asked, faults, id, key })
    },
    get: (asked, faults = {}) => {
      const wanted = asked.allowCredentials.map(({ id }) => id)
      const one = held.findLast(({ id }) => wanted.length === 0 || wanted.includes(id))
      if (one === undefined) throw new Error('the authenticator has no such passkey')
      one.uses += 1
      return assertion(options, one, { asked, faults })
    },
  }
}

interface Making {
  readonly asked: AskedForNew
  readonly faults: AnswerFaults
  readonly id: string
  readonly key: Buffer
}

function newCredential(
  options: AuthenticatorOptions,
  { asked, faults, id, key }: Making,
): NewCredential {
  const bytes = Buffer.from(id, 'base64url')
  const length = Buffer.from([bytes.length >> 8, bytes.length & 0xff])
  const data = Buffer.concat([
    authenticatorData(options, { rpId: asked.rp.id, uses: 0, attested: true }, faults),
    Buffer.alloc(16),
    length,
    bytes,
    key,
  ])
  const { format, statement } = faults.attestation ?? { format: 'none', statement: new Map() }
  const object = new Map<string, CborValue>([
    ['fmt', format],
    ['attStmt', statement],
    ['authData', data],
  ])
  const shown = faults.credentialId ?? id
  return {
    id: shown,
    rawId: shown,
    type: 'public-key',
    response: {
      clientDataJSON: clientData('webauthn.create', asked.challenge, options, faults),
      attestationObject: encodeCbor(object).toString('base64url'),
      transports: ['internal'],
    },
  }
}

function assertion(
  options: AuthenticatorOptions,
  { id, key, userHandle, uses }: Held,
  { asked, faults }: { readonly asked: Asked; readonly faults: AnswerFaults },
): CredentialAnswer {
  const place = { rpId: asked.rpId, uses, attested: false }
  const data = authenticatorData(options, place, faults)
  const clientDataJSON = clientData('webauthn.get', asked.challenge, options, faults)
  const signed = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))])
  const signature = sign('sha256', signed, key)
  const last = signature.length - 1
  if (faults.wrongSignature) signature[last] = (signature[last] ?? 0) ^ 1
  const handle = faults.userHandle === undefined ? userHandle : faults.userHandle
  const shown = faults.credentialId ?? id
  return {
    id: shown,
    rawId: shown,
    type: 'public-key',
    response: {
      clientDataJSON,
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
      ...(handle !== null && { userHandle: handle }),
    },
  }
}

function clientData(
  type: string,
  challenge: string,
  { origin }: AuthenticatorOptions,
  faults: AnswerFaults,
): string {
  const data = {
    type: faults.type ?? type,
    challenge: faults.challenge ?? challenge,
    origin: faults.origin ?? origin,
    crossOrigin: faults.crossOrigin ?? false,
    ...(faults.topOrigin !== undefined && { topOrigin: faults.topOrigin }),
  }
  return Buffer.from(JSON.stringify(data)).toString('base64url')
}

interface Place {
  readonly rpId: string
  readonly uses: number
  /** Whether a new key follows. */
  readonly attested: boolean
}

/** WebAuthn 6.1: hash of the relying party, flags, counter. */
function authenticatorData(
  { counts = true, synced = false }: AuthenticatorOptions,
  { rpId, uses, attested }: Place,
  faults: AnswerFaults,
): Buffer {
  const flags =
    ((faults.userPresent ?? true) ? 0x01 : 0) |
    ((faults.userVerified ?? true) ? 0x04 : 0) |
    (synced ? 0x18 : 0) |
    (attested ? 0x40 : 0)
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(faults.counter ?? (counts ? uses : 0))
  return Buffer.concat([sha256(Buffer.from(faults.rpId ?? rpId)), Buffer.from([flags]), counter])
}

/** RFC 9053 7.1: an elliptic curve key with two coordinates. */
function coseKey(key: KeyObject, algorithm: number): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return encodeCbor(
    new Map<number, CborValue>([
      [1, 2],
      [3, algorithm],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  )
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
