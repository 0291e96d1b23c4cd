import type { Reach } from '../../outbound/index.ts'
import type { IssuerRule } from './issuer-rule.ts'
import { issuerRule } from './issuer-rule.ts'
import type { KnownProvider } from './known-providers.ts'
import { knownProvider, OAUTH2, OPENID } from './known-providers.ts'
import type { ProviderSettings } from './provider.settings.ts'

/** The endpoints that settings may name; they win over those of the discovery document. */
export const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'emails_endpoint',
  'jwks_uri',
  'end_session_endpoint',
  'revocation_endpoint',
] as const

/** One of {@link ENDPOINTS}. */
export type EndpointName = (typeof ENDPOINTS)[number]

/** A provider's settings, completed by what this version knows of it. */
export interface ProviderFacts
  extends Pick<
    KnownProvider,
    'protocol' | 'scopes' | 'authMethod' | 'subjectClaim' | 'sendsIssuer' | 'statesAuthTime'
  > {
  /** As configured; a template where organisations have issuers of their own. */
  readonly issuer: string
  readonly issuerRule: IssuerRule
  /** Where calls to this provider may go: its issuer's origin and those that settings or we name. */
  readonly reach: Extract<Reach, { kind: 'operator' }>
  readonly endpoints: Readonly<Partial<Record<EndpointName, string>>>
}

/** Completes the settings of a provider; settings win. */
export function providerFacts(own: ProviderSettings): ProviderFacts {
  const known = knownFor(own)
  const issuer = known.issuer ?? own.issuer
  const endpoints = Object.fromEntries(
    ENDPOINTS.flatMap((name) => {
      const url = own[name] ?? known.endpoints[name]
      return url === undefined ? [] : [[name, url]]
    }),
  )
  return {
    protocol: known.protocol,
    scopes: own.scopes ?? known.scopes,
    authMethod: own.token_endpoint_auth_method ?? known.authMethod,
    subjectClaim: own.subject_claim ?? known.subjectClaim,
    sendsIssuer: known.sendsIssuer,
    statesAuthTime: own.states_auth_time ?? known.statesAuthTime,
    issuer,
    issuerRule: issuerRule(issuer, own.allowed_tenants),
    reach: reachOf(
      [issuer, ...Object.values(endpoints)],
      [...own.endpoint_origins, ...known.origins],
    ),
    endpoints,
  }
}

/** A provider that is made to speak otherwise than we know it to is taken at its settings' word. */
function knownFor(own: ProviderSettings): KnownProvider {
  const known = knownProvider(own.issuer)
  if (known !== undefined && (own.protocol ?? known.protocol) === known.protocol) return known
  return own.protocol === 'oauth2' ? OAUTH2 : OPENID
}

function reachOf(urls: readonly string[], origins: readonly string[]): ProviderFacts['reach'] {
  const all = [...urls.map((url) => new URL(url).origin), ...origins]
  return { kind: 'operator', origins: [...new Set(all)] }
}
