import type { Feature } from '../feature/index.ts'
import { feature } from '../feature/index.ts'
import type { IdentityDeps } from './identity-deps.ts'
import { assemble } from './identity-deps.ts'
import { logoutUrl } from './oidc/logout-url.ts'
import { oidcRoutes } from './oidc/oidc.routes.ts'
import { providerReadiness } from './oidc/provider-readiness.ts'
import type { Providers } from './oidc/providers.ts'
import { createProviders } from './oidc/providers.ts'
import { createRenewTokens } from './oidc/renew-tokens.ts'
import type { Authenticate } from './sessions/authenticate.ts'
import { createAuthenticate as createFor } from './sessions/authenticate.ts'
import type { RenewTokens } from './sessions/rotate-session.ts'
import { sessionRoutes } from './sessions/sessions.routes.ts'
import { sweepJob } from './sessions/sweep.job.ts'

/** Signing in and out: the routes under `/auth/web`, their sweep, and readiness of the providers. */
export function identityFeature(deps: IdentityDeps): Feature {
  const identity = assemble(deps)
  const { app, oidc, outbound, clock, log } = deps
  const production = app.environment === 'production'
  const providers = createProviders({ settings: oidc, outbound, clock, production, log })
  const renewTokens = renewing(deps, providers)
  const returnUrl = `${app.base_url}${app.post_login_default}`
  return feature('identity', {
    routes: [
      oidcRoutes({ identity, providers }),
      sessionRoutes({
        identity,
        renewTokens,
        logoutUrl: async (name, idToken) => {
          const provider = providers.find(name)
          return provider && logoutUrl(provider, { idToken, returnUrl })
        },
      }),
    ],
    jobs: [sweepJob(clock)],
    resources: providers.all.map((provider) => providerReadiness(provider, log)),
  })
}

function renewing({ oidc, outbound, clock }: IdentityDeps, providers: Providers): RenewTokens {
  const { enabled, persist_in_session_store: persist } = oidc.refresh_tokens
  return createRenewTokens({ providers, outbound, clock, enabled: enabled && persist })
}

/** Finds the principal of a request's session cookie; what http asks before every route. */
export function createAuthenticate(deps: IdentityDeps): Authenticate {
  const { platform, mint, cookieName, sessions, log } = assemble(deps)
  const strict = sessions.fingerprint === 'strict'
  return createFor({ platform, sessions: mint, cookieName, strict, log })
}
