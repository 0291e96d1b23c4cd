import type { FastifyRequest } from 'fastify'
import type { Principal } from '../../../access/index.ts'
import type { PlatformDb } from '../../../data/index.ts'
import { contextOf } from '../../../feature/index.ts'
import { requireTries } from '../../../http/index.ts'
import type { Clock } from '../../../kernel/index.ts'
import { hashToken } from '../../../kernel/index.ts'
import { findStanding } from '../../../tenancy/index.ts'
import { identityProblems } from '../../identity.errors.ts'
import type { PrincipalCache } from '../../principal-cache.ts'
import { claimAt } from '../named-list.ts'
import type { AccessToken, AccessTokenDeps } from '../verify-access-token.ts'
import { verifyAccessToken } from '../verify-access-token.ts'
import type { Introspection } from './introspection.ts'
import { reachOf, scopesOfToken } from './scopes-of-token.ts'
import type { TokenPerson, TokenPersonDeps } from './token-person.ts'
import { personOfToken } from './token-person.ts'

/** What authenticating the tokens of other issuers needs. */
export interface ForeignTokenDeps extends AccessTokenDeps, Omit<TokenPersonDeps, 'settings'> {
  readonly platform: PlatformDb
  readonly clock: Clock
  /** Whom tokens stand for, in memory; shared with our own tokens. */
  readonly cache: PrincipalCache | undefined
  /** Asks about tokens that are no JWTs; undefined where no issuer is asked. */
  readonly introspection: Introspection | undefined
  /** Claim by which a token names its tenant; undefined where tokens name none. */
  readonly tenantClaim: string | undefined
  /** What every member of a tenant may do. */
  readonly memberPermissions: readonly string[]
}

/** Who a token of another issuer stands for. Throws when it stands for nobody. */
export type AuthenticateForeign = (request: FastifyRequest, text: string) => Promise<Principal>

/** Most milliseconds that a process goes by what it read of a token's person without asking again. */
const LONGEST_MS = 300_000

/**
 * Authenticates access tokens that other issuers gave to clients of this API. The signature, or the
 * issuer's own answer, says whose a token is; what they may do is said here, narrowed by its scopes.
 * @throws auth.invalid_token with the private reason, and auth.provider_unavailable
 */
export function authenticateForeign(deps: ForeignTokenDeps): AuthenticateForeign {
  return async (request, text) => {
    const { token, untilMs } = await vouchedFor(deps, request, text)
    using read = deps.cache?.beginRead()
    const readAtMs = deps.clock.now()
    const person = await personOfToken(deps, token, contextOf(request).actor)
    if (person === undefined) throw refused('unknown_person')
    if (person.status !== 'active') throw refused('person_disabled')
    const id = hashToken('access-token', text)
    const principal = await principalOf(deps, { token, person, id: id.toString('base64url') })
    const known = { principal, readAtMs, untilMs: Math.min(untilMs, readAtMs + LONGEST_MS) }
    const tenant = principal.tenant === null ? [] : [`tenant ${principal.tenant}`]
    read?.keep(id.toString('latin1'), known, [`person ${person.person}`, ...tenant])
    return principal
  }
}

interface Vouched {
  readonly token: AccessToken
  /** How long that may be gone by, milliseconds since 1970. */
  readonly untilMs: number
}

// What is no compact JWS cannot be one of ours to verify: its issuer must be asked.
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

async function vouchedFor(
  deps: ForeignTokenDeps,
  request: FastifyRequest,
  text: string,
): Promise<Vouched> {
  if (deps.introspection !== undefined && !COMPACT.test(text)) {
    const answer = await deps.introspection.ask(text, () => requireTries(request))
    if (typeof answer === 'string') throw refused(answer)
    return answer
  }
  const token = await verifyAccessToken(deps, text)
  return { token, untilMs: token.expiresAt }
}

interface Found {
  readonly token: AccessToken
  readonly person: TokenPerson
  readonly id: string
}

async function principalOf(
  { platform, settings, tenantClaim, memberPermissions }: ForeignTokenDeps,
  { token, person, id }: Found,
): Promise<Principal> {
  const { claims } = token
  const scopes = scopesOfToken(token, settings)
  // A token that names its tenant is held to it by the strategy; nobody is at home elsewhere then.
  const namesTenant = tenantClaim !== undefined && Object.hasOwn(claims, tenantClaim)
  const tenant = namesTenant ? null : person.home
  const standing =
    tenant === null
      ? undefined
      : await findStanding(platform, person.person, { by: 'id', text: tenant })
  const held = standing === undefined ? [] : [...standing.grants, ...memberPermissions]
  return Object.freeze({
    person: person.person,
    name: person.name,
    email: person.email,
    tenant: standing?.tenant ?? null,
    permissions: Object.freeze([...reachOf(held, scopes)]),
    platform: Object.freeze([...reachOf(person.platform, scopes)]),
    ...(scopes !== undefined && { scopes: Object.freeze([...scopes]) }),
    claims,
    credential: Object.freeze({
      kind: 'bearer' as const,
      id,
      authenticatedAt: provedAt(claims),
      acr: acrOf(claims),
    }),
  })
}

/** When the person last proved who they are; long ago, for all we know, where the token does not say. */
function provedAt(claims: AccessToken['claims']): number {
  const time = claims['auth_time']
  return typeof time === 'number' && Number.isSafeInteger(time) ? time : 0
}

function acrOf(claims: AccessToken['claims']): string | null {
  const acr = claimAt(claims, 'acr')
  return typeof acr === 'string' && acr.length <= 255 ? acr : null
}

/** All refusals look alike from outside (JW-60); which one it was is for the log. */
function refused(fault: string) {
  return identityProblems.invalidToken({ reason: `access_token_${fault}` })
}
