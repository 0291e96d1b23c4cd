import type { RouteOptions } from 'fastify'
import type { Identity } from '../identity-deps.ts'
import type { Providers } from '../oidc/providers.ts'
import { passkeySignInRoutes } from './authentication.routes.ts'
import { ownPasskeyRoutes } from './own-passkeys.routes.ts'

/** Routes under `/auth/passkeys` (D23); none where passkeys are off. */
export function passkeyRoutes({
  identity,
  providers,
}: {
  readonly identity: Identity
  readonly providers: Providers
}): readonly RouteOptions[] {
  const { webauthn: passkeys } = identity
  if (passkeys === undefined) return []
  const deps = { identity, passkeys, providers: providers.all.map(({ name }) => name) }
  return [...ownPasskeyRoutes(deps), ...passkeySignInRoutes(deps)]
}
