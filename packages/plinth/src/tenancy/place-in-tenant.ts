import type { FastifyRequest } from 'fastify'
import type { Placement, Principal } from '../access/index.ts'
import { narrow } from '../access/index.ts'
import type { TenantDemand } from '../feature/index.ts'
import type { AppError, Id } from '../kernel/index.ts'
import type { Standing } from './membership/membership.ts'
import type { Standings } from './membership/standing-cache.ts'
import type { Doorkeeper } from './modes/doorkeeper.ts'
import { THE_ONE_TENANT } from './modes/the-one-tenant.ts'
import { namesOfRequest } from './strategies/names-of-request.ts'
import type { TenantStrategy } from './strategies/tenant-strategy.ts'
import { tenancyProblems } from './tenancy.errors.ts'
import type { TenancySettings } from './tenancy.settings.ts'
import type { TenantName } from './tenant-name.ts'
import { tenantName } from './tenant-name.ts'

/** What finding the tenant of a request needs. */
export interface PlaceDeps {
  readonly settings: TenancySettings
  readonly strategies: readonly TenantStrategy[]
  readonly standings: Pick<Standings, 'find'>
  /** Whether people are Plinth's own; else somebody else's identity vouches for its principals. */
  readonly ownPeople: boolean
  /** Whoever comes without a tenant of their credential's own and names one passes here. */
  readonly doorkeeper?: Pick<Doorkeeper, 'mayEnter'> | undefined
  /** What a principal has yet to prove to be in a tenant that their credential does not name. */
  readonly lackingFactor?: LackingFactor | undefined
}

type LackingFactor = (principal: Principal, tenant: Id<'tenant'>) => Promise<AppError | undefined>

/** Finds where a principal stands; undefined when neither they nor the request name a tenant. */
export type PlaceInTenant = (
  request: FastifyRequest,
  principal: Principal,
  demand: TenantDemand,
) => Placement | undefined | Promise<Placement | undefined>

/**
 * The tenant of each request (decision D11), in this order: a named tenant that is unknown,
 * suspended or not the caller's is 404; two that differ are 400, and the credential's own counts.
 * Whether none is enough is for the route to say.
 */
export function createPlaceInTenant(deps: PlaceDeps): PlaceInTenant {
  if (deps.settings.mode === 'none') return (_, principal) => inTheOne(deps, principal)
  return (request, principal, demand) => {
    const named = namesOfRequest(deps.strategies, request)
    const resource = resourceOf(request)
    if (resource !== undefined) return inResource(deps, principal, [resource, ...named])
    // The usual request names nothing but what its credential does: nothing to wait for.
    if (named.every(({ text }) => text === principal.tenant)) {
      if (principal.tenant !== null) return atHome(deps, principal)
      if (named.length === 0) return unnamed(deps, principal, demand)
    }
    return agreed(deps, principal, named)
  }
}

/** The tenant of mode none: everybody's who is signed in here. */
function inTheOne({ settings, ownPeople }: PlaceDeps, principal: Principal): Placement | undefined {
  if (ownPeople && principal.tenant !== THE_ONE_TENANT) return undefined
  return { tenant: THE_ONE_TENANT, permissions: ownGrants(settings, principal) }
}

/** The tenant that the credential itself names. */
function atHome({ settings }: PlaceDeps, principal: Principal): Placement | undefined {
  const { tenant } = principal
  return tenant === null ? undefined : { tenant, permissions: ownGrants(settings, principal) }
}

/** A key or token may be narrower than the membership of whom it stands for: it gets no more. */
function ownGrants(
  { member_permissions: everybodys }: TenancySettings,
  { permissions, credential }: Principal,
): readonly string[] {
  const isPerson = credential.kind === 'cookie' || credential.session !== undefined
  return isPerson && everybodys.length > 0 ? [...permissions, ...everybodys] : permissions
}

async function unnamed(
  deps: PlaceDeps,
  principal: Principal,
  demand: TenantDemand,
): Promise<Placement | undefined> {
  if (principal.tenantLost === true) {
    if (demand === 'required') throw tenancyProblems.unknown('the tenant of the credential')
    return undefined
  }
  const name = tenantName(deps.settings.default_tenant)
  const standing = name && (await deps.standings.find(principal.person, name))
  const enters = standing !== undefined && !(await faultAt(deps, standing, principal))
  return enters ? placed(deps, standing, principal) : undefined
}

/** All that the request names, and the credential's own, must be one. */
async function agreed(
  deps: PlaceDeps,
  principal: Principal,
  named: readonly TenantName[],
): Promise<Placement | undefined> {
  const standings = await standingsOf(deps, principal, named)
  if (principal.tenantLost === true) throw tenancyProblems.unknown('the tenant of the credential')
  const own = principal.tenant
  const one = oneOf(standings)
  if (own === null) {
    const fault = await faultAt(deps, one, principal)
    if (fault !== undefined) throw fault
    return placed(deps, one, principal)
  }
  if (one.tenant !== own) throw tenancyProblems.conflict('the credential names another')
  return atHome(deps, principal)
}

/** Why somebody does not work in a tenant of theirs that their credential does not name. */
async function faultAt(
  { doorkeeper, lackingFactor }: PlaceDeps,
  { tenant }: Standing,
  principal: Principal,
): Promise<AppError | undefined> {
  const enters = (await doorkeeper?.mayEnter?.({ person: principal.person, tenant })) ?? true
  return enters ? lackingFactor?.(principal, tenant) : tenancyProblems.entryRefused()
}

/**
 * The tenant that a route is about, `/tenants/:id`. A person may look after any of theirs, whichever
 * their browser works in at the moment; a key or token stays bound to its own.
 */
async function inResource(
  deps: PlaceDeps,
  principal: Principal,
  named: readonly TenantName[],
): Promise<Placement> {
  const one = oneOf(await standingsOf(deps, principal, named))
  const { tenant: own, tenantLost, credential } = principal
  // What stands for somebody in one tenant says nothing of them in another.
  const isBound = credential.kind !== 'cookie'
  if (isBound && tenantLost === true) throw tenancyProblems.unknown('the tenant of the credential')
  if (isBound && own !== null) {
    if (one.tenant !== own) throw tenancyProblems.conflict('the credential names another')
    return { tenant: own, permissions: ownGrants(deps.settings, principal) }
  }
  const fault = one.tenant === own ? undefined : await deps.lackingFactor?.(principal, one.tenant)
  if (fault !== undefined) throw fault
  return placed(deps, one, principal)
}

/** @throws AppError tenant.unknown for the first that is not there, shut, or not the caller's */
async function standingsOf(
  { standings }: PlaceDeps,
  { person }: Principal,
  named: readonly TenantName[],
): Promise<readonly Standing[]> {
  const found: Standing[] = []
  for (const name of named) {
    const standing = await standings.find(person, name)
    if (standing === undefined) throw tenancyProblems.unknown(`named ${name.text}`)
    found.push(standing)
  }
  return found
}

function oneOf(standings: readonly Standing[]): Standing {
  const [first, ...others] = standings
  if (first === undefined) throw new TypeError('no tenant was named')
  if (others.some(({ tenant }) => tenant !== first.tenant)) throw tenancyProblems.conflict()
  return first
}

function placed(
  { settings }: PlaceDeps,
  { tenant, grants }: Standing,
  { scopes }: Principal,
): Placement {
  const held = [...grants, ...settings.member_permissions]
  return { tenant, permissions: scopes === undefined ? held : narrow(held, scopes) }
}

/** @throws AppError tenant.unknown when what stands in the path cannot be a tenant */
function resourceOf(request: FastifyRequest): TenantName | undefined {
  const param = request.routeOptions.config.tenantParam
  if (param === undefined) return undefined
  const name = tenantName((request.params as Readonly<Record<string, unknown>>)[param])
  if (name === undefined) throw tenancyProblems.unknown('not a name')
  return name
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Name of the path parameter that names the tenant of the route. */
    tenantParam?: string
  }
}
