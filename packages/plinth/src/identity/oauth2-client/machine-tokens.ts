import type { Clock } from '../../kernel/index.ts'
import type { Outbound } from '../../outbound/index.ts'
import type { Provider } from '../oidc/provider.ts'
import type { Tokens } from '../oidc/token-endpoint.ts'
import { requestTokens } from '../oidc/token-endpoint.ts'
import { OAuth2Error } from './oauth2-error.ts'

/** What asking for tokens of one's own takes. */
export interface MachineTokenDeps {
  readonly provider: Provider
  readonly outbound: Outbound
  readonly clock: Clock
}

/** Gets a token of our own for scopes, from memory while one lasts. */
export type MachineTokens = (scopes: readonly string[]) => Promise<Tokens>

/** Seconds that a token from memory lasts at least: the call that it is for takes its time. */
const MARGIN_SECONDS = 30
/** Life of a token whose provider does not say it. */
const UNSAID_SECONDS = 60

/**
 * Tokens by client credentials (RFC 6749 4.4). Each set of scopes is asked for once, whoever asks and
 * however many at the same time; what failed is asked for again.
 */
export function createMachineTokens({
  provider,
  outbound,
  clock,
}: MachineTokenDeps): MachineTokens {
  const known = new Map<string, { readonly tokens: Promise<Tokens>; untilMs: number }>()
  return (scopes) => {
    const scope = [...new Set(scopes)].toSorted().join(' ')
    const now = clock.now()
    const kept = known.get(scope)
    if (kept !== undefined && now < kept.untilMs) return kept.tokens
    const tokens = ask({ provider, outbound }, scope)
    const entry = { tokens, untilMs: Number.POSITIVE_INFINITY }
    known.set(scope, entry)
    tokens.then(
      ({ expiresInSeconds = UNSAID_SECONDS }) => {
        entry.untilMs = now + Math.max(0, expiresInSeconds - MARGIN_SECONDS) * 1_000
      },
      () => known.delete(scope),
    )
    return tokens
  }
}

async function ask(
  { provider, outbound }: Omit<MachineTokenDeps, 'clock'>,
  scope: string,
): Promise<Tokens> {
  const grant = { grant_type: 'client_credentials', ...(scope !== '' && { scope }) } as const
  const answer = await requestTokens(outbound, provider, grant)
  if (!answer.ok) throw new OAuth2Error(answer.code, answer.fault)
  return answer.tokens
}
