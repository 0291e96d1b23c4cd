import type { FastifyRequest } from 'fastify'
import type { Context } from '../../feature/index.ts'
import { contextOf } from '../../feature/index.ts'
import { tenancyProblems } from '../tenancy.errors.ts'
import type { TenantStrategy } from './tenant-strategy.ts'

/** Finds the claims of a token that was verified already; undefined where there is none. */
export type ClaimsOf = (request: FastifyRequest) => object | undefined

/**
 * The tenant by a claim of the caller's access token.
 * @param claim name of the claim
 * @param claimsOf where the verified claims are: those of the principal in a service of Plinth, and
 *   `request.user` (as @fastify/jwt leaves them) on any other server
 */
export function JwtClaimTenantStrategy(
  claim = 'tenant_id',
  claimsOf: ClaimsOf = verifiedClaims,
): TenantStrategy {
  return {
    name: 'claim',
    find: (request) => {
      const claims = claimsOf(request)
      if (claims === undefined || !Object.hasOwn(claims, claim)) return undefined
      return Reflect.get(claims, claim) ?? ''
    },
    malformed: tenancyProblems.invalidClaim,
  }
}

function verifiedClaims(request: FastifyRequest): object | undefined {
  const context = contextIfOurs(request)
  const claims = context === undefined ? userOf(request) : context.principal?.claims
  return typeof claims === 'object' && claims !== null ? claims : undefined
}

function contextIfOurs(request: FastifyRequest): Context | undefined {
  try {
    return contextOf(request)
  } catch {
    return undefined
  }
}

function userOf(request: FastifyRequest): unknown {
  return 'user' in request ? request.user : undefined
}
