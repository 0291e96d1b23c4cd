import { z } from 'zod'
import type { Outbound, Reach } from '../../outbound/index.ts'
import type { ProviderSettings } from './oidc.settings.ts'
import { isEndpoint } from './oidc.settings.ts'

/** Where a provider answers what. */
export interface Metadata {
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly jwksUri: string
  readonly userinfoEndpoint: string | undefined
  readonly endSessionEndpoint: string | undefined
  /** Where tokens are given back (RFC 7009). */
  readonly revocationEndpoint: string | undefined
  /** Whether it promises `iss` in its answers to the callback (RFC 9207). */
  readonly sendsIssuer: boolean
}

/** What we read of a discovery document. What it says of response types or PKCE changes nothing. */
const documentSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string().optional(),
  token_endpoint: z.string().optional(),
  jwks_uri: z.string().optional(),
  userinfo_endpoint: z.string().optional(),
  end_session_endpoint: z.string().optional(),
  revocation_endpoint: z.string().optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
})

type Document = z.output<typeof documentSchema>

/**
 * Finds a provider's endpoints: those that settings name, and for the rest those of its discovery
 * document (OpenID Connect Discovery 4), whose issuer must be exactly the configured one.
 * @throws Error or OutboundError with a sentence for the log
 */
export async function fetchMetadata(
  outbound: Outbound,
  reach: Reach,
  own: ProviderSettings,
): Promise<Metadata> {
  const url = `${own.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await outbound.fetchJson({ url, reach })
  const document = documentSchema.safeParse(answer.json)
  if (answer.status !== 200 || !document.success) {
    throw new Error(`${own.issuer} answered no discovery document (status ${answer.status})`)
  }
  if (document.data.issuer !== own.issuer) {
    throw new Error(
      `the discovery document of ${own.issuer} names another issuer; oidc.providers.<name>.issuer must be spelled as the provider spells it`,
    )
  }
  return metadataOf(document.data, own, reach)
}

function metadataOf(document: Document, own: ProviderSettings, reach: Reach): Metadata {
  const find = (name: EndpointName) => endpointOf(name, own[name] ?? document[name], reach)
  return {
    authorizationEndpoint: required('authorization_endpoint', find('authorization_endpoint')),
    tokenEndpoint: required('token_endpoint', find('token_endpoint')),
    jwksUri: required('jwks_uri', find('jwks_uri')),
    userinfoEndpoint: find('userinfo_endpoint'),
    endSessionEndpoint: find('end_session_endpoint'),
    revocationEndpoint: find('revocation_endpoint'),
    sendsIssuer: document.authorization_response_iss_parameter_supported ?? false,
  }
}

type EndpointName =
  | 'authorization_endpoint'
  | 'token_endpoint'
  | 'jwks_uri'
  | 'userinfo_endpoint'
  | 'end_session_endpoint'
  | 'revocation_endpoint'

/** An endpoint on another host than the issuer's gets our client secret or our users: by setting only. */
function endpointOf(name: EndpointName, url: string | undefined, reach: Reach): string | undefined {
  if (url === undefined) return undefined
  if (!isEndpoint(url)) throw new Error(`its ${name} is not an https URL`)
  const { origin } = new URL(url)
  if (reach.kind === 'operator' && reach.origins.includes(origin)) return url
  throw new Error(
    `its ${name} lies at ${origin}; if that is right, write it into oidc.providers.<name>.${name}`,
  )
}

function required(name: EndpointName, url: string | undefined): string {
  if (url === undefined) throw new Error(`its discovery document has no ${name}`)
  return url
}
