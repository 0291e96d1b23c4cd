import { z } from 'zod'
import type { Outbound } from '../../outbound/index.ts'
import { isEndpoint } from './endpoint.ts'
import type { EndpointName, ProviderFacts } from './provider-facts.ts'

/** Where a provider answers what. */
export interface Metadata {
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  /** Its keys; undefined for an oauth2 provider, which signs nothing. */
  readonly jwksUri: string | undefined
  readonly userinfoEndpoint: string | undefined
  readonly emailsEndpoint: string | undefined
  readonly endSessionEndpoint: string | undefined
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

type Document = Partial<z.output<typeof documentSchema>> & { readonly emails_endpoint?: never }

const LIMITS = { timeoutMs: 5_000, maxBytes: 262_144 }
/** With these no document is needed; one that is needed and does not come is an error. */
const ENOUGH: readonly EndpointName[] = ['authorization_endpoint', 'token_endpoint', 'jwks_uri']

/**
 * Finds a provider's endpoints: those that settings name, and for the rest those of its discovery
 * document (OpenID Connect Discovery 4), whose issuer must be exactly the configured one. No document
 * is asked for when settings name all that signing in needs, nor of an oauth2 provider.
 * @throws Error or OutboundError with a sentence for the log
 */
export async function fetchMetadata(outbound: Outbound, facts: ProviderFacts): Promise<Metadata> {
  const isComplete = ENOUGH.every((name) => facts.endpoints[name] !== undefined)
  const document =
    facts.protocol === 'oauth2' || isComplete ? {} : await fetchDocument(outbound, facts)
  return metadataOf(document, facts)
}

async function fetchDocument(outbound: Outbound, facts: ProviderFacts): Promise<Document> {
  const { issuer, issuerRule, reach } = facts
  const url = `${issuerRule.authority.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await outbound.fetchJson({ url, reach, ...LIMITS })
  const document = documentSchema.safeParse(answer.json)
  if (answer.status !== 200 || !document.success) {
    throw new Error(`${issuer} answered no discovery document (status ${answer.status})`)
  }
  if (!issuerRule.allowsDocument(document.data.issuer)) {
    throw new Error(
      `the discovery document of ${issuer} names another issuer; oidc.providers.<name>.issuer must be spelled as the provider spells it`,
    )
  }
  return document.data
}

function metadataOf(document: Document, facts: ProviderFacts): Metadata {
  const find = (name: EndpointName) =>
    endpointOf(name, facts.endpoints[name] ?? document[name], facts)
  return {
    authorizationEndpoint: required('authorization_endpoint', find('authorization_endpoint')),
    tokenEndpoint: required('token_endpoint', find('token_endpoint')),
    jwksUri: facts.protocol === 'oauth2' ? undefined : required('jwks_uri', find('jwks_uri')),
    userinfoEndpoint: find('userinfo_endpoint'),
    emailsEndpoint: find('emails_endpoint'),
    endSessionEndpoint: find('end_session_endpoint'),
    revocationEndpoint: find('revocation_endpoint'),
    sendsIssuer:
      facts.sendsIssuer ?? document.authorization_response_iss_parameter_supported ?? false,
  }
}

/** An endpoint on another host than the issuer's gets our client secret or our users: by setting only. */
function endpointOf(
  name: EndpointName,
  url: string | undefined,
  { reach }: ProviderFacts,
): string | undefined {
  if (url === undefined) return undefined
  if (!isEndpoint(url)) throw new Error(`its ${name} is not an https URL`)
  const { origin } = new URL(url)
  if (reach.origins.includes(origin)) return url
  throw new Error(
    `its ${name} lies at ${origin}; if that is right, write ${origin} into oidc.providers.<name>.endpoint_origins`,
  )
}

function required(name: EndpointName, url: string | undefined): string {
  if (url === undefined) throw new Error(`its discovery document has no ${name}`)
  return url
}
