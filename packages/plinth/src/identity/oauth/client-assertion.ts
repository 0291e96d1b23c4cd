import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import { consume } from '../../data/index.ts'
import { hashToken } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { isTime } from '../tokens/common-claims.ts'
import { readCompactToken } from '../tokens/compact-token.ts'
import { readSignedToken } from '../tokens/signed-token.ts'
import { ASSERTION_ALGORITHMS, clientKey } from './client-keys.ts'
import type { OAuthClient } from './clients.repository.ts'

const LONGEST = 4_096
const LONGEST_LIFE_SECONDS = 300
const CLOCK_SKEW_SECONDS = 10
const TYPES = ['jwt', 'client-authentication+jwt']
const LONGEST_ID = 255

/** Whom an assertion must be for, and when it is looked at. */
export interface ExpectedAssertion {
  /** Our issuer, and the URL of the token endpoint: it must name one of them and nothing else. */
  readonly audiences: readonly string[]
  readonly nowMs: number
}

/** The client that an assertion names; nothing in it is verified. */
export function clientNamedBy(assertion: string): unknown {
  return readCompactToken(assertion, LONGEST)?.claims['sub']
}

/** Holds an assertion against RFC 7523 3: the id by which it is used once, and its end; undefined when it is no good. */
export async function readAssertion(
  client: OAuthClient,
  assertion: string,
  { audiences, nowMs }: ExpectedAssertion,
): Promise<{ readonly hash: Buffer; readonly expiresAtMs: number } | undefined> {
  const token = await readSignedToken(assertion, {
    algorithms: ASSERTION_ALGORITHMS,
    findKeys: async (wanted) => {
      const key = await clientKey(client.public_jwks ?? [], wanted)
      return key === undefined ? [] : [key]
    },
    types: TYPES,
    longest: LONGEST,
  })
  if (!token.ok) return undefined
  const { iss, sub, aud, jti, exp, iat, nbf } = token.claims
  if (iss !== client.id || sub !== client.id) return undefined
  // One audience, spelled out: what was made for another server is worth nothing here.
  if (!audiences.some((one) => aud === one)) return undefined
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_ID) return undefined
  const now = Math.floor(nowMs / 1_000)
  if (!isTime(exp) || exp <= now || exp > now + LONGEST_LIFE_SECONDS + CLOCK_SKEW_SECONDS)
    return undefined
  for (const begin of [iat, nbf]) {
    if (begin !== undefined && !(isTime(begin) && begin <= now + CLOCK_SKEW_SECONDS))
      return undefined
  }
  return { hash: hashToken('client-assertion', `${client.id} ${jti}`), expiresAtMs: exp * 1_000 }
}

/** Uses an assertion up; false when it was used before. Of two copies at once one is refused. */
export async function consumeAssertion(
  db: PlatformDb | PlatformTx,
  { hash, expiresAtMs }: { readonly hash: Buffer; readonly expiresAtMs: number },
  nowMs: number,
): Promise<boolean> {
  await db.query(
    `insert into plinth.client_assertions (token_hash, expires_at) values ($1, $2)
     on conflict (token_hash) do nothing`,
    [hash, isoTime(expiresAtMs)],
  )
  const used = await consume(db, 'client_assertions', { token_hash: hash }, isoTime(nowMs))
  return used !== undefined
}
