import type { Log } from '../../feature/index.ts'
import type { Clock, Secret } from '../../kernel/index.ts'
import type { Outbound } from '../../outbound/index.ts'
import type { SignatureAlgorithm } from '../tokens/signature-algorithms.ts'
import type { Metadata, ProviderUse } from './discovery.ts'
import { fetchMetadata } from './discovery.ts'
import { keep } from './kept-value.ts'
import type { OidcSettings } from './oidc.settings.ts'
import type { ProviderSettings } from './provider.settings.ts'
import type { ProviderFacts } from './provider-facts.ts'
import { providerFacts } from './provider-facts.ts'
import type { ProviderKeys } from './provider-keys.ts'
import { createProviderKeys } from './provider-keys.ts'

/** One provider that people may sign in through. */
export interface Provider
  extends Pick<
    ProviderFacts,
    'protocol' | 'issuer' | 'scopes' | 'authMethod' | 'subjectClaim' | 'statesAuthTime' | 'reach'
  > {
  readonly name: string
  readonly clientId: string
  readonly clientSecret: Secret | undefined
  readonly algorithms: readonly SignatureAlgorithm[]
  /** Whether UserInfo must come signed. */
  readonly signedUserInfo: boolean
  /** Whether its logout tokens may do without a type of their own. */
  readonly untypedLogoutTokens: boolean
  /** Whether it has a callback of its own, where no other provider's answer is taken. */
  readonly ownCallback: boolean
  readonly keys: ProviderKeys
  /** Whether a sign-in there counts as two factors, by the `amr` claim that came with it. */
  vouchesForTwo(amr: unknown): boolean
  /** Whether it issues tokens and answers in this name; exact, save for the tenant of a template. */
  isIssuer(issuer: string): boolean
  /** Its endpoints; throws when they are not known and cannot be fetched. */
  metadata(): Promise<Metadata>
}

/** What providers are made with. */
export interface ProviderDeps {
  readonly settings: OidcSettings
  readonly outbound: Outbound
  readonly clock: Clock
  readonly log: Log
  /** What they are there for; people sign in through them unless said otherwise. */
  readonly use?: ProviderUse
  /** Whether people may also sign in through others, whose answers must be told from its own. */
  readonly several?: boolean
}

const RETRY_MS = 5_000
const STALE_MS = 3_600_000
const KEY_LIMITS = { timeoutMs: 5_000, maxBytes: 262_144 }

/** Makes one provider of its settings; nothing is fetched yet. */
export function createProvider(
  deps: ProviderDeps,
  name: string,
  own: ProviderSettings & { readonly client_id: string },
): Provider {
  const facts = providerFacts(own)
  const metadata = keptMetadata(deps, { facts, own }, () => warnOfMixUp(deps, name))
  return {
    ...facts,
    name,
    clientId: own.client_id,
    clientSecret: own.client_secret,
    algorithms: own.id_token_algorithms,
    signedUserInfo: own.userinfo_signed,
    untypedLogoutTokens: own.untyped_logout_tokens,
    ownCallback: own.own_callback,
    vouchesForTwo: (amr) => vouchesForTwo(own.second_factor, amr),
    keys: providerKeys(deps, { name, facts, metadata }),
    isIssuer: facts.issuerRule.allows,
    metadata,
  }
}

/** `mfa` is the word of RFC 8176 for it; a list of several methods may be of one kind. */
function vouchesForTwo(rule: ProviderSettings['second_factor'], amr: unknown): boolean {
  if (rule === 'by_amr') return Array.isArray(amr) && amr.includes('mfa')
  return rule === 'trusted'
}

/**
 * Among several providers each answer must show whose it is, by name or by where it arrives (RFC 9700
 * 4.4). Whether a provider names itself shows only when it is asked, hence no check of settings.
 */
function warnOfMixUp({ log }: ProviderDeps, provider: string): void {
  log.warn(
    { provider },
    `the identity provider does not name itself in its answers (RFC 9207), and there are others: set oidc.providers.${provider}.own_callback, so that its answer is never taken for another's`,
  )
}

function keptMetadata(
  deps: ProviderDeps,
  { facts, own }: { readonly facts: ProviderFacts; readonly own: ProviderSettings },
  warn: () => void,
): () => Promise<Metadata> {
  let mayWarn = deps.several === true && !own.own_callback
  const fetch = async () => {
    const metadata = await fetchMetadata(deps.outbound, facts, deps.use ?? 'sign_in')
    if (mayWarn && !metadata.sendsIssuer) {
      mayWarn = false
      warn()
    }
    return metadata
  }
  const kept = keep({
    clock: deps.clock,
    fetch,
    freshMs: deps.settings.jwks_cache_ttl_seconds * 1_000,
    staleMs: STALE_MS,
    retryMs: RETRY_MS,
    renewMs: RETRY_MS,
  })
  return kept.get
}

interface KeyPlace {
  readonly name: string
  readonly facts: ProviderFacts
  readonly metadata: () => Promise<Metadata>
}

function providerKeys(deps: ProviderDeps, { name, facts, metadata }: KeyPlace): ProviderKeys {
  return createProviderKeys({
    clock: deps.clock,
    ttlSeconds: deps.settings.jwks_cache_ttl_seconds,
    onPrivateKey: () =>
      deps.log.warn(
        { provider: name },
        'the identity provider publishes a private key; it is not used; tell the provider',
      ),
    fetchKeys: async () => {
      const { jwksUri } = await metadata()
      if (jwksUri === undefined) throw new Error('an oauth2 provider signs nothing')
      const answer = await deps.outbound.fetchJson({
        url: jwksUri,
        reach: facts.reach,
        ...KEY_LIMITS,
      })
      return keysIn(answer.status, answer.json)
    },
  })
}

function keysIn(status: number, json: unknown): readonly unknown[] {
  const keys = typeof json === 'object' && json !== null && 'keys' in json ? json.keys : undefined
  if (status !== 200 || !Array.isArray(keys)) {
    throw new Error(`the provider answered no key set (status ${status})`)
  }
  return keys
}
