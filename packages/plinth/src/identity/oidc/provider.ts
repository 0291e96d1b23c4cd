import type { Clock, Secret } from '../../kernel/index.ts'
import type { Outbound, Reach } from '../../outbound/index.ts'
import type { Metadata } from './discovery.ts'
import { fetchMetadata } from './discovery.ts'
import type { IdTokenAlgorithm } from './id-token-claims.ts'
import { keep } from './kept-value.ts'
import type { OidcSettings, ProviderSettings } from './oidc.settings.ts'
import type { ProviderKeys } from './provider-keys.ts'
import { createProviderKeys } from './provider-keys.ts'

/** One OpenID provider that people may sign in through. */
export interface Provider {
  readonly name: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: Secret | undefined
  readonly scopes: readonly string[]
  readonly algorithms: readonly IdTokenAlgorithm[]
  /** Where calls to this provider may go: its issuer's origin and those that settings name. */
  readonly reach: Reach
  readonly keys: ProviderKeys
  /** Its endpoints; throws when they are not known and cannot be fetched. */
  metadata(): Promise<Metadata>
}

/** What providers are made with. */
export interface ProviderDeps {
  readonly settings: OidcSettings
  readonly outbound: Outbound
  readonly clock: Clock
}

const METADATA_COOL_DOWN_MS = 5_000
const STALE_MS = 3_600_000

/** Makes one provider of its settings; nothing is fetched yet. */
export function createProvider(
  deps: ProviderDeps,
  name: string,
  own: ProviderSettings & { readonly client_id: string },
): Provider {
  const reach = reachOf(own)
  const ttlSeconds = deps.settings.jwks_cache_ttl_seconds
  const { outbound, clock } = deps
  const metadata = keep({
    clock,
    fetch: () => fetchMetadata(outbound, reach, own),
    freshMs: ttlSeconds * 1_000,
    staleMs: STALE_MS,
    coolDownMs: METADATA_COOL_DOWN_MS,
  })
  const fetchKeys = async () => {
    const { jwksUri } = await metadata.get()
    return keysIn((await outbound.fetchJson({ url: jwksUri, reach })).json)
  }
  return {
    name,
    issuer: own.issuer,
    clientId: own.client_id,
    clientSecret: own.client_secret,
    scopes: own.scopes,
    algorithms: own.id_token_algorithms,
    reach,
    keys: createProviderKeys({ clock, fetchKeys, ttlSeconds }),
    metadata: metadata.get,
  }
}

function reachOf(own: ProviderSettings): Reach {
  const urls = [
    own.issuer,
    own.authorization_endpoint,
    own.token_endpoint,
    own.userinfo_endpoint,
    own.jwks_uri,
    own.end_session_endpoint,
    own.revocation_endpoint,
  ]
  const origins = urls.flatMap((url) => (url === undefined ? [] : [new URL(url).origin]))
  return { kind: 'operator', origins: [...new Set(origins)] }
}

function keysIn(json: unknown): readonly unknown[] {
  const keys = typeof json === 'object' && json !== null && 'keys' in json ? json.keys : undefined
  if (!Array.isArray(keys)) throw new Error('the provider answered no key set')
  return keys
}
