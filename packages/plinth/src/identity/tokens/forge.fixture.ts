import { generateKeyPairSync, sign } from 'node:crypto'
import type { Clock } from '../../kernel/index.ts'
import type { Outbound } from '../../outbound/index.ts'
import { createProviders, oidcSettings } from '../index.ts'

/** The moment at which forged tokens are judged, seconds since 1970. */
export const NOW = 1_800_000_000
/** A client secret that no token may be signed with. */
export const CLIENT_SECRET = 'rWq8-client-secret-of-the-forge'

/** Any JSON object. */
export type Json = Record<string, unknown>
/** Makes a signature of `header.claims`. */
export type Signer = (input: string) => Buffer

/** Key pairs, made once. */
export const keys = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  otherRsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  smallRsa: generateKeyPairSync('rsa', { modulusLength: 1024 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ec384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
}

/** A public key as a provider publishes it. */
export function publicJwk(pair: (typeof keys)['rsa'], more: Json = {}): Json {
  return { ...pair.publicKey.export({ format: 'jwk' }), ...more }
}

/** Signs with RSA and SHA-256 unless told otherwise. */
export const rsaSigner =
  (pair = keys.rsa, hash = 'sha256'): Signer =>
  (input) =>
    sign(hash, Buffer.from(input), pair.privateKey)

/** Signs with ECDSA in the form of JWS. */
export const ecSigner =
  (pair = keys.ec, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), { key: pair.privateKey, dsaEncoding })

/** Signs header and claims; texts are taken as they are, so that no JSON is too odd. */
export function forge(claims: unknown, header: unknown, signer: Signer = rsaSigner()): string {
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  const input = `${part(header)}.${part(claims)}`
  return `${input}.${signer(input).toString('base64url')}`
}

/** Providers over a network that exists in memory. */
export interface ForgedNetwork {
  /** What each URL answers; anything else is unreachable. */
  readonly pages: Map<string, unknown>
  /** Every URL that was asked, in order. */
  readonly asked: string[]
  readonly outbound: Outbound
}

/** A network that answers JSON and remembers what it was asked. */
export function forgedNetwork(): ForgedNetwork {
  const pages = new Map<string, unknown>()
  const asked: string[] = []
  return {
    pages,
    asked,
    outbound: {
      request: async () => {
        throw new Error('this network answers JSON only')
      },
      fetchJson: async ({ url }) => {
        asked.push(url)
        if (!pages.has(url)) throw new Error(`nothing answers at ${url}`)
        return { status: 200, json: pages.get(url) }
      },
    },
  }
}

/** Publishes an issuer with its keys, and its discovery document as far as `more` does not change it. */
export function publish(network: ForgedNetwork, issuer: string, jwks: unknown, more: Json = {}) {
  network.pages.set(`${issuer}/jwks`, { keys: jwks })
  network.pages.set(`${issuer}/.well-known/openid-configuration`, {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    ...more,
  })
}

/** What a test hears of the log. */
export interface Heard {
  readonly facts: object
  readonly message: string | undefined
}

/** The providers of settings, over a network in memory. */
export function forgedProviders(
  network: ForgedNetwork,
  clock: Clock,
  oidc: Json,
  { production = false, heard = [] }: { production?: boolean; heard?: Heard[] } = {},
) {
  const hear = (facts: object, message?: string) => void heard.push({ facts, message })
  return createProviders({
    settings: oidcSettings.parse(oidc),
    outbound: network.outbound,
    clock,
    log: { info: hear, warn: hear, error: hear },
    production,
  })
}

/** A client of a provider, as settings say it. */
export const client = (issuer: string, more: Json = {}): Json => ({
  client_id: 'test-client',
  client_secret: CLIENT_SECRET,
  issuer,
  ...more,
})
