import type { FastifyRequest } from 'fastify'
import type { Principal } from '../../../access/index.ts'
import type { Clock } from '../../../kernel/index.ts'
import { lastOfConnection, tokenKey } from '../../../kernel/index.ts'
import { identityProblems } from '../../identity.errors.ts'
import type { PrincipalCache } from '../../principal-cache.ts'
import { clientPrincipal } from './client-principal.ts'
import type { OwnTokens } from './own-tokens.ts'
import type { SessionLookup } from './session-of-token.ts'
import { sessionPrincipal } from './session-of-token.ts'
import type { TokenStanding } from './token-standing.ts'

/** What authenticating our own tokens needs. */
export interface AuthenticateOwnDeps extends SessionLookup {
  readonly clock: Clock
  readonly tokens: OwnTokens
  readonly cache: PrincipalCache | undefined
}

/** Who an access token stands for; undefined when another than us issued it. */
export type AuthenticateOwn = (
  request: FastifyRequest,
  text: string,
) => Principal | undefined | Promise<Principal>

/**
 * Authenticates our own access tokens. What a token says decides only whose it is: its row in the
 * database says whether it is still good and what its holder may do now. One that was seen lately
 * costs a look into memory, any other a signature and one round trip.
 * @throws auth.invalid_token, with the fault as its private reason
 */
export function authenticateOwn(deps: AuthenticateOwnDeps): AuthenticateOwn {
  const { cache, clock, tokens } = deps
  // Verified texts have one spelling, so that the hash of the text names the token (JW-44).
  const keyOf = lastOfConnection((text) => tokenKey('access-token', text))
  return (request, text) => {
    const key = keyOf(request.socket, text)
    const known = cache?.find(key, clock.now())
    if (known !== undefined) return known
    return tokens.areOurs(text) ? readPrincipal(deps, text, key) : undefined
  }
}

async function readPrincipal(
  { platform, secondFactors, clock, tokens, cache }: AuthenticateOwnDeps,
  text: string,
  key: string,
): Promise<Principal> {
  const token = await tokens.verify(text)
  if (typeof token === 'string') throw refused(token)
  using read = cache?.beginRead()
  const readAtMs = clock.now()
  const standing: TokenStanding | undefined =
    token.of === 'session'
      ? await sessionPrincipal({ platform, secondFactors }, token, readAtMs)
      : await clientPrincipal(platform, token, readAtMs)
  if (standing === undefined) throw refused('ended')
  const { principal, subjects } = standing
  const untilMs = Math.min(standing.untilMs, token.expiresAtMs)
  read?.keep(key, { principal, readAtMs, untilMs }, [...subjects, `signing-key ${token.key}`])
  return principal
}

/** All refusals look alike from outside (JW-60); which one it was is for the log. */
function refused(fault: string) {
  return identityProblems.invalidToken({ reason: `own_token_${fault}` })
}
