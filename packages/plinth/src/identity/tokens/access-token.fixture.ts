import assert from 'node:assert/strict'
import type { Clock } from '../../kernel/index.ts'
import { AppError } from '../../kernel/index.ts'
import { jwtSettings, verifyAccessToken } from '../index.ts'
import type { Json } from './forge.fixture.ts'
import {
  client,
  forgedNetwork,
  forgedProviders,
  keys,
  NOW,
  publicJwk,
  publish,
} from './forge.fixture.ts'

/** An issuer whose provider is `keycloak`. */
export const KEYCLOAK = 'https://sso.example/realms/one'
/** An issuer whose provider is `other`. */
export const OTHER = 'https://idp.other.example'
/** Id of the key that signs unless a test says otherwise. */
export const kid = 'r1'
/** That key as it is published. */
export const rsaJwk = publicJwk(keys.rsa, { kid, use: 'sig', alg: 'RS256' })
/** The other key of `keycloak`. */
export const ecJwk = publicJwk(keys.ec, { kid: 'e1' })

/** An access token as Keycloak makes it for a browser client with an audience mapper. */
export const good: Json = {
  exp: NOW + 300,
  iat: NOW - 1,
  jti: 'onrtac:51ab',
  iss: KEYCLOAK,
  aud: ['api://default', 'account'],
  sub: '0b1e5c1e-6c4e-4a0a-8d53-5f5f5b8cdd11',
  typ: 'Bearer',
  azp: 'test-client',
  sid: '1c2d',
  scope: 'openid email profile',
  realm_access: { roles: ['offline_access', 'editor'] },
}
/** The least that an access token says. */
export const plain: Json = {
  iss: KEYCLOAK,
  sub: 'user-1',
  aud: 'api://default',
  exp: NOW + 300,
  iat: NOW,
}
/** The least, and less. */
export const without = (name: string) =>
  Object.fromEntries(Object.entries(plain).filter(([key]) => key !== name))

/** Stands still. */
export const clock: Clock = { now: () => NOW * 1_000, monotonic: () => 1_000 }
/** The network of the two issuers. */
export const network = forgedNetwork()
/** The two providers. */
export const providers = forgedProviders(network, clock, {
  providers: { keycloak: client(KEYCLOAK), other: client(OTHER, { client_id: 'other-client' }) },
})
publish(network, KEYCLOAK, [rsaJwk, ecJwk])
publish(network, OTHER, [publicJwk(keys.otherRsa, { kid: 'o1' })])

/** Verifies a text by settings. */
export const verify = (text: string, settings: Json = {}) =>
  verifyAccessToken({ providers, settings: jwtSettings.parse(settings), clock }, text)

/** `accepted`, or the private reason of the one refusal there is. */
export async function verdict(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'accepted'
  } catch (error) {
    assert.ok(error instanceof AppError, String(error))
    assert.deepEqual([error.status, error.code], [401, 'auth.invalid_token'])
    return error.reason?.replace('access_token_', '') ?? 'no reason'
  }
}
