import { parseStrictJson } from '../../kernel/index.ts'
import type { Answer, Outbound } from '../../outbound/index.ts'
import { mediaType } from '../../outbound/index.ts'
import { readSignedToken } from '../tokens/signed-token.ts'
import type { Provider } from './provider.ts'

/** What an endpoint says of a person, named claims of which are read one by one. */
export type PersonFacts = Readonly<Record<string, unknown>>

/** What UserInfo said, that it said nothing of use, or that it is not to be believed. */
export type UserInfo =
  | { readonly code: 'facts'; readonly facts: PersonFacts }
  | { readonly code: 'none' }
  | { readonly code: 'refused'; readonly fault: 'unsigned' | 'signature' }

const LIMITS = { timeoutMs: 5_000, maxBytes: 262_144 }
const LONGEST_SIGNED = 65_536

/** Asks UserInfo in the name of whom an access token was given to. Never throws. */
export async function askUserInfo(
  outbound: Outbound,
  provider: Provider,
  accessToken: string,
): Promise<UserInfo> {
  const metadata = await provider.metadata().catch(() => undefined)
  if (metadata?.userinfoEndpoint === undefined) return { code: 'none' }
  const answer = await askForPerson(outbound, provider, {
    url: metadata.userinfoEndpoint,
    accessToken,
  })
  if (answer === undefined) return { code: 'none' }
  if (mediaType(answer) === 'application/jwt') return signedFacts(provider, answer)
  if (provider.signedUserInfo) return { code: 'refused', fault: 'unsigned' }
  const facts = jsonIn(answer)
  return isFacts(facts) ? { code: 'facts', facts } : { code: 'none' }
}

/** What an endpoint answers to the holder of a token, as JSON; undefined when it answers nothing of use. */
export async function askJson(
  outbound: Outbound,
  provider: Provider,
  question: { readonly url: string; readonly accessToken: string },
): Promise<unknown> {
  const answer = await askForPerson(outbound, provider, question)
  return answer && jsonIn(answer)
}

/** The token goes in the header, never in the URL (RFC 6750 2.1). */
async function askForPerson(
  outbound: Outbound,
  { reach }: Provider,
  { url, accessToken }: { readonly url: string; readonly accessToken: string },
): Promise<Answer | undefined> {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    accept: 'application/json, application/jwt;q=0.9',
  }
  try {
    const answer = await outbound.request({ url, reach, headers, ...LIMITS })
    return answer.status === 200 ? answer : undefined
  } catch {
    // Its reason is in the log of outbound calls.
    return undefined
  }
}

/** A signed answer is for us, of this provider, by its keys (OpenID Connect Core 5.3.2). */
async function signedFacts(provider: Provider, answer: Answer): Promise<UserInfo> {
  const token = await readSignedToken(answer.body.toString('latin1').trim(), {
    algorithms: provider.algorithms,
    findKeys: provider.keys.find,
    types: ['jwt'],
    longest: LONGEST_SIGNED,
  }).catch(() => undefined)
  if (!token?.ok) return { code: 'refused', fault: 'signature' }
  const { iss, aud } = token.claims
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  const isOurs = typeof iss === 'string' && provider.isIssuer(iss)
  return isOurs && audiences.includes(provider.clientId)
    ? { code: 'facts', facts: token.claims }
    : { code: 'refused', fault: 'signature' }
}

function jsonIn(answer: Answer): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(mediaType(answer))) return undefined
  const parsed = parseStrictJson(answer.body)
  return parsed.ok ? parsed.value : undefined
}

function isFacts(value: unknown): value is PersonFacts {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
