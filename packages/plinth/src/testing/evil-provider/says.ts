import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Heard, RawReply } from './raw-reply.ts'
import type { SigningKey } from './signing-key.ts'

/** A JSON object. */
export type Json = Record<string, unknown>

/** What a provider answers at; `authorize` and `end` are where browsers go. */
export type Endpoint = 'discovery' | 'jwks' | 'token' | 'userinfo' | 'revoke' | 'authorize' | 'end'

/** Where each endpoint lies. */
export const PATHS: Readonly<Record<Endpoint, string>> = {
  discovery: '/.well-known/openid-configuration',
  jwks: '/jwks',
  token: '/token',
  userinfo: '/userinfo',
  revoke: '/revoke',
  authorize: '/authorize',
  end: '/end',
}

/** What the provider says until it is told otherwise. Fields given as `undefined` are left out of the answer. */
export interface EvilSays {
  /** The whole discovery document. */
  discovery: Json
  /** The whole list of `keys` in the JWKS document. */
  keys: readonly unknown[]
  /** Fields of the token answer that replace the good ones. */
  token: Json
  /** Header fields of the ID token that replace the good ones. */
  header: Json
  /** Claims of the ID token that replace the good ones. */
  claims: Json
  /** Claims of UserInfo that replace the good ones. */
  userinfo: Json
  /** What signs the ID tokens; publishing it is up to `keys`. */
  key: SigningKey
  /** What becomes of a good signature. */
  signature: (good: Buffer) => Buffer
  /** What becomes of a whole good answer; anything but a string is sent as JSON. */
  bend: Partial<Record<Endpoint, (good: Json) => unknown>>
  /** Endpoints that answer something else altogether. */
  reply: Partial<Record<Endpoint, RawReply>>
  /** Answers any request by hand when it returns true. */
  answer: (request: IncomingMessage, response: ServerResponse, heard: Heard) => boolean
}

/** What is said now: the standing words, and on top what is meant for this one request. */
export function saidNow(standing: EvilSays, once: Partial<EvilSays> | undefined): EvilSays {
  if (once === undefined) return standing
  return {
    ...standing,
    ...once,
    discovery: { ...standing.discovery, ...once.discovery },
    token: { ...standing.token, ...once.token },
    header: { ...standing.header, ...once.header },
    claims: { ...standing.claims, ...once.claims },
    userinfo: { ...standing.userinfo, ...once.userinfo },
    bend: { ...standing.bend, ...once.bend },
    reply: { ...standing.reply, ...once.reply },
  }
}

/** What an honest provider says: its own endpoints, one key, and nothing changed. */
export function goodSays(issuer: string, key: SigningKey): EvilSays {
  return {
    discovery: goodDiscovery(issuer),
    keys: [key.jwk],
    token: {},
    header: {},
    claims: {},
    userinfo: {},
    key,
    signature: (good) => good,
    bend: {},
    reply: {},
    answer: () => false,
  }
}

function goodDiscovery(issuer: string): Json {
  return {
    issuer,
    authorization_endpoint: issuer + PATHS.authorize,
    token_endpoint: issuer + PATHS.token,
    jwks_uri: issuer + PATHS.jwks,
    userinfo_endpoint: issuer + PATHS.userinfo,
    end_session_endpoint: issuer + PATHS.end,
    revocation_endpoint: issuer + PATHS.revoke,
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  }
}
