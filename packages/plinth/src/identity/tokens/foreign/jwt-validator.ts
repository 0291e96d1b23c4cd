import type { z } from 'zod'
import type { Log } from '../../../feature/index.ts'
import type { Clock } from '../../../kernel/index.ts'
import { systemClock } from '../../../kernel/index.ts'
import type { Outbound } from '../../../outbound/index.ts'
import { createOutbound, outboundSettings } from '../../../outbound/index.ts'
import { oidcSettings } from '../../oidc/oidc.settings.ts'
import { createProviders } from '../../oidc/providers.ts'
import { jwtSettings } from '../jwt.settings.ts'
import { verifyAccessToken } from '../verify-access-token.ts'
import { createTokenIssuers } from './token-issuers.ts'

/** What a validator is made with. */
export interface JwtValidatorOptions {
  /** In the words of `jwt` in config.yaml; `issuers` names whose tokens count. */
  readonly settings: z.input<typeof jwtSettings>
  readonly outbound?: Outbound
  readonly clock?: Clock
  readonly log?: Log
}

/** What a good token says. */
export interface JwtPayload {
  /** Who it is, at its issuer; the key of a person is this and the issuer. */
  readonly userId: string
  readonly issuer: string
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly expiresAt: Date
  readonly claims: Readonly<Record<string, unknown>>
}

/** Says whether an access token is good, by its signature and its claims, and nothing more. */
export interface JwtValidator {
  /** @throws auth.invalid_token, and auth.provider_unavailable when the issuer's keys cannot be had */
  validateToken(token: string): Promise<JwtPayload>
}

/**
 * A validator for code that gets tokens elsewhere than in a request to a route: a message, a socket of
 * another library. Routes need none: their principal is authenticated already, and there a person who
 * was disabled is refused too.
 */
export function getJwtValidator(options: JwtValidatorOptions): JwtValidator {
  const { clock = systemClock, log = SILENT } = options
  const outbound =
    options.outbound ?? createOutbound({ settings: outboundSettings.parse({}), clock, log })
  const settings = jwtSettings.parse(options.settings)
  const oidc = oidcSettings.parse({})
  const nobody = createProviders({ settings: oidc, outbound, clock, production: true, log })
  const providers = createTokenIssuers({ settings, providers: nobody, oidc, outbound, clock, log })
  return {
    async validateToken(text) {
      const token = await verifyAccessToken({ providers, settings, clock }, text)
      const { subject: userId, issuer, roles, scopes, claims, expiresAt } = token
      return { userId, issuer, roles, scopes, claims, expiresAt: new Date(expiresAt) }
    },
  }
}

const quiet = () => undefined
const SILENT: Log = { info: quiet, warn: quiet, error: quiet }
