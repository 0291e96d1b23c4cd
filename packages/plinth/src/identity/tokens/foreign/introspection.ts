import type { Clock } from '../../../kernel/index.ts'
import { tokenKey } from '../../../kernel/index.ts'
import type { Outbound } from '../../../outbound/index.ts'
import { OutboundError } from '../../../outbound/index.ts'
import { identityProblems } from '../../identity.errors.ts'
import { clientRequest } from '../../oidc/client-authentication.ts'
import type { IssuerSettings, JwtSettings } from '../jwt.settings.ts'
import type { AccessToken, AccessTokenDeps } from '../verify-access-token.ts'
import { judgeClaims } from '../verify-access-token.ts'

/** What asking an issuer about tokens needs. */
export interface IntrospectionDeps extends AccessTokenDeps {
  readonly outbound: Outbound
  readonly clock: Clock
}

/** A token that its issuer called good, and how long that counts; or why it does not count. */
export type Introspected = { readonly token: AccessToken; readonly untilMs: number } | string

/** Asks an issuer about tokens that say nothing themselves. */
export interface Introspection {
  /**
   * @param mayAsk called before the issuer is asked; fails to prevent that
   * @throws auth.provider_unavailable when the issuer gives no usable answer
   */
  ask(text: string, mayAsk: () => Promise<void>): Promise<Introspected>
}

type Asked = NonNullable<IssuerSettings['introspection']> & Pick<IssuerSettings, 'issuer'>

const LONGEST_TOKEN = 4_096
/** Answers that one process remembers. */
const MOST = 10_000

/**
 * Introspection by RFC 7662. What an issuer answers counts for `cache_seconds`, and never past the
 * token's own end (JW-59); that it calls a token inactive is remembered as long. Of any number of
 * requests with one token at once one asks.
 */
export function createIntrospection(deps: IntrospectionDeps): Introspection | undefined {
  const asked = askedIssuer(deps.settings)
  if (asked === undefined) return undefined
  const known = new Map<string, { readonly answer: Promise<Introspected>; untilMs: number }>()
  const kept = (key: string) => {
    const found = known.get(key)
    return found !== undefined && deps.clock.now() < found.untilMs ? found.answer : undefined
  }
  return {
    async ask(text, mayAsk) {
      if (text.length > LONGEST_TOKEN) return 'format'
      const key = tokenKey('access-token', text)
      if (kept(key) === undefined) await mayAsk()
      // Another request with the same token may have asked meanwhile.
      const said = kept(key)
      if (said !== undefined) return said
      const now = deps.clock.now()
      if (known.size >= MOST) known.delete(known.keys().next().value ?? '')
      const answer = introspect(deps, asked, text)
      const entry = { answer, untilMs: now + asked.cache_seconds * 1_000 }
      known.set(key, entry)
      answer.then(
        (good) => {
          if (typeof good !== 'string') entry.untilMs = Math.min(entry.untilMs, good.untilMs)
        },
        // What could not be asked is asked again.
        () => known.delete(key),
      )
      return answer
    },
  }
}

/** The one issuer that is asked; settings see to it that there are not two. */
function askedIssuer({ issuers }: JwtSettings): Asked | undefined {
  return Object.values(issuers).flatMap(({ issuer, introspection }) =>
    introspection === undefined ? [] : [{ ...introspection, issuer }],
  )[0]
}

async function introspect(
  deps: IntrospectionDeps,
  asked: Asked,
  text: string,
): Promise<Introspected> {
  const claims = await answerFor(deps, asked, text)
  if (claims['active'] !== true) return 'inactive'
  // RFC 7662 2.2 leaves both out where they go without saying.
  const vouched = { iss: asked.issuer, iat: 0, ...claims }
  const now = deps.clock.now()
  const iat = vouched.iat === 0 ? Math.floor(now / 1_000) : vouched.iat
  const judged = judgeClaims(deps, { claims: { ...vouched, iat }, isTyped: true })
  if (typeof judged === 'string') return judged
  const untilMs = Math.min(judged.token.expiresAt, now + asked.cache_seconds * 1_000)
  return { token: judged.token, untilMs }
}

async function answerFor(
  { outbound }: IntrospectionDeps,
  { endpoint, client_id: clientId, client_secret: clientSecret }: Asked,
  token: string,
): Promise<Readonly<Record<string, unknown>>> {
  const reach = { kind: 'operator', origins: [new URL(endpoint).origin] } as const
  const client = { clientId, clientSecret, authMethod: 'client_secret_basic', reach } as const
  const form = { token, token_type_hint: 'access_token' }
  try {
    const { status, json } = await outbound.fetchJson(clientRequest(client, endpoint, form))
    if (status === 200 && typeof json === 'object' && json !== null && !Array.isArray(json)) {
      return Object.fromEntries(Object.entries(json))
    }
  } catch (cause) {
    if (!(cause instanceof OutboundError)) throw cause
  }
  throw identityProblems.providerUnavailable({ retryAfterSeconds: 10 })
}
