import { z } from 'zod'
import type { Outbound } from '../../outbound/index.ts'
import { OutboundError } from '../../outbound/index.ts'
import { isEndpoint } from './endpoint.ts'
import type { EndpointName, ProviderFacts } from './provider-facts.ts'

/** Where a provider answers what. */
export interface Metadata {
  /** Undefined only where nobody signs in through it. */
  readonly authorizationEndpoint: string | undefined
  /** Undefined only where nothing but its keys is asked for. */
  readonly tokenEndpoint: string | undefined
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

/** What a provider is there for: people sign in, tokens are asked for, or only its keys are read. */
export type ProviderUse = 'sign_in' | 'calls' | 'keys'

interface Wanted {
  /** With these no document is asked for. */
  readonly enough: readonly EndpointName[]
  /** Without one of these it is of no use. */
  readonly needed: readonly EndpointName[]
}

const ALL: readonly EndpointName[] = ['authorization_endpoint', 'token_endpoint', 'jwks_uri']
const WANTED: { readonly [U in ProviderUse]: Wanted } = {
  sign_in: { enough: ALL, needed: ALL },
  calls: { enough: ALL, needed: ['token_endpoint'] },
  keys: { enough: ['jwks_uri'], needed: ['jwks_uri'] },
}

/**
 * Finds a provider's endpoints: those that settings name, and for the rest those of its discovery
 * document, whose issuer must be exactly the configured one: OpenID Connect Discovery 4, and where
 * nobody signs in and there is none, RFC 8414, which is all that servers for machines publish. No
 * document is asked for when settings name all that is wanted, nor of an oauth2 provider.
 * @throws Error or OutboundError with a sentence for the log
 */
export async function fetchMetadata(
  outbound: Outbound,
  facts: ProviderFacts,
  use: ProviderUse,
): Promise<Metadata> {
  const isComplete = WANTED[use].enough.every((name) => facts.endpoints[name] !== undefined)
  const document =
    facts.protocol === 'oauth2' || isComplete ? {} : await fetchDocument(outbound, facts, use)
  return metadataOf(document, facts, use)
}

async function fetchDocument(
  outbound: Outbound,
  facts: ProviderFacts,
  use: ProviderUse,
): Promise<Document> {
  const { issuerRule, reach } = facts
  const authority = issuerRule.authority.replace(/\/$/, '')
  const url = `${authority}/.well-known/openid-configuration`
  const answer = await outbound.fetchJson({ url, reach, ...LIMITS }).catch(asNoDocument)
  if (answer.status === 200 || use === 'sign_in') return readDocument(answer, facts)
  const { origin, pathname } = new URL(authority)
  const plain = `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`
  return readDocument(await outbound.fetchJson({ url: plain, reach, ...LIMITS }), facts)
}

/** A page in the place of JSON is what most servers answer where there is nothing. */
function asNoDocument(error: unknown): JsonAnswer {
  if (error instanceof OutboundError && error.code === 'answer_type') return NO_DOCUMENT
  throw error
}

const NO_DOCUMENT: JsonAnswer = { status: 404, json: undefined }

interface JsonAnswer {
  readonly status: number
  readonly json: unknown
}

function readDocument(answer: JsonAnswer, { issuer, issuerRule }: ProviderFacts): Document {
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

function metadataOf(document: Document, facts: ProviderFacts, use: ProviderUse): Metadata {
  const isSigned = facts.protocol !== 'oauth2'
  const find = (name: EndpointName) => {
    const url = endpointOf(name, facts.endpoints[name] ?? document[name], facts)
    const isNeeded = WANTED[use].needed.includes(name) && (name !== 'jwks_uri' || isSigned)
    if (url === undefined && isNeeded) throw new Error(`its discovery document has no ${name}`)
    return url
  }
  return {
    authorizationEndpoint: find('authorization_endpoint'),
    tokenEndpoint: find('token_endpoint'),
    jwksUri: isSigned ? find('jwks_uri') : undefined,
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

/** @throws Error for an endpoint that a provider of its use need not have, and has not */
export function requireEndpoint(url: string | undefined): string {
  if (url === undefined) throw new Error('the provider has no such endpoint')
  return url
}
