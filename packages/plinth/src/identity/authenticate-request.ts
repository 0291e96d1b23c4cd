import type { FastifyRequest } from 'fastify'
import type { Principal } from '../access/index.ts'
import { lastOfConnection } from '../kernel/index.ts'

type Found = Principal | undefined | Promise<Principal | undefined>

/** Who each kind of credential stands for; undefined when it stands for nobody. */
export interface Authenticators {
  /** The session cookie, if there is one. */
  readonly cookie: (request: FastifyRequest) => Found
  /** An access token: our own, or of an issuer that settings name. */
  readonly bearer: (request: FastifyRequest, token: string) => Found
  /** An API key, as it came; it may be anything. */
  readonly apiKey: (request: FastifyRequest, key: string) => Found
}

// RFC 9110 11.1 and RFC 6750 2.1: the scheme in any case, one space, the token.
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i

/**
 * Authenticates a request by the one credential that it carries; that there is but one, http has
 * seen to (D5). An `Authorization` header that is no Bearer token stands for nobody.
 */
export function createAuthenticateRequest(by: Authenticators): (request: FastifyRequest) => Found {
  const bearerIn = lastOfConnection((header) => BEARER.exec(header)?.[1] ?? null)
  return (request) => {
    const { authorization, 'x-api-key': key } = request.headers
    if (authorization !== undefined) {
      const token = bearerIn(request.socket, authorization)
      return token === null ? undefined : by.bearer(request, token)
    }
    if (key === undefined) return by.cookie(request)
    return typeof key === 'string' ? by.apiKey(request, key) : undefined
  }
}
