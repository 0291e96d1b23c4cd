import type { Principal } from '../../access/index.ts'
import { holds } from '../../access/index.ts'
import type { Identity } from '../identity-deps.ts'
import { clientPrincipal } from '../tokens/own/client-principal.ts'
import type { OwnToken } from '../tokens/own/own-token-claims.ts'
import { sessionPrincipal } from '../tokens/own/session-of-token.ts'
import type { OAuthClient } from './clients.repository.ts'
import { readAccount } from './machine-tokens.repository.ts'
import { mayClients } from './oauth.permissions.ts'

/** What is told of a token that is good (RFC 7662 2.2). */
export interface Introspected {
  readonly active: true
  readonly iss: string
  readonly sub: string
  readonly jti: string
  readonly exp: number
  readonly scope: string
  readonly token_type: 'Bearer'
  readonly client_id?: string
  readonly tenant_id?: string
}

/**
 * Tells a client whether a token is good now: its own, or one of its tenant where it may look at
 * those. What it may not see and what is over look alike. Nothing is remembered: each answer is read.
 */
export async function introspect(
  identity: Identity,
  asking: OAuthClient,
  text: string,
): Promise<Introspected | { readonly active: false }> {
  const { own, platform, clock, mint } = identity
  const token = await own.tokens.verify(text)
  if (typeof token === 'string') return NOT_ACTIVE
  const standing =
    token.of === 'session'
      ? await sessionPrincipal({ ...mint, platform }, token, clock.now())
      : await clientPrincipal(platform, token, clock.now())
  if (standing === undefined) return NOT_ACTIVE
  const isOwn = token.of === 'client' && token.client === asking.id
  if (!isOwn && !(await maySee(identity, asking, standing.principal))) return NOT_ACTIVE
  return shown(own.tokens.issuer, token, standing.principal)
}

const NOT_ACTIVE = { active: false } as const

async function maySee(
  { platform }: Identity,
  asking: OAuthClient,
  { tenant }: Principal,
): Promise<boolean> {
  if (tenant !== asking.tenant_id) return false
  const { permission } = mayClients.introspect
  if (!holds(asking.scopes, permission)) return false
  const account = await platform.transaction((tx) => readAccount(tx, asking))
  return account?.status === 'active' && holds(account.grants ?? [], permission)
}

function shown(issuer: string, token: OwnToken, principal: Principal): Introspected {
  return {
    active: true,
    iss: issuer,
    sub: principal.person,
    jti: token.jti,
    exp: Math.floor(token.expiresAtMs / 1_000),
    scope: principal.permissions.join(' '),
    token_type: 'Bearer',
    ...(token.of === 'client' && { client_id: token.client }),
    ...(principal.tenant !== null && { tenant_id: principal.tenant }),
  }
}
