import type { FastifyInstance } from 'fastify'
import type { Feature } from '../feature/index.ts'
import { feature } from '../feature/index.ts'
import { createRefusalLimit } from '../http/index.ts'
import { accountParts } from './account/account-parts.ts'
import { announceEndsJob } from './api-keys/announce-ends.job.ts'
import { mayKeys } from './api-keys/api-keys.permissions.ts'
import { apiKeyRoutes } from './api-keys/api-keys.routes.ts'
import type { KeyAuthentication } from './api-keys/authenticate-key.ts'
import { createKeyAuthentication } from './api-keys/authenticate-key.ts'
import type { KeyCache } from './api-keys/key-cache.ts'
import { createKeyCache } from './api-keys/key-cache.ts'
import type { Authenticators } from './authenticate-request.ts'
import { createAuthenticateRequest } from './authenticate-request.ts'
import type { Identity, IdentityDeps } from './identity-deps.ts'
import { assemble } from './identity-deps.ts'
import { linkingRoutes } from './linking/linking.routes.ts'
import { logoutRoutes } from './logout/logout.routes.ts'
import type { LogoutStates } from './logout/logout-state.ts'
import { createLogoutStates } from './logout/logout-state.ts'
import { revokeTokenJob } from './logout/revoke-token.job.ts'
import { mfaRoutes } from './mfa/mfa.routes.ts'
import { mayWithFactors } from './mfa/reset.routes.ts'
import { sweepFactorsJob } from './mfa/sweep-factors.job.ts'
import { clientRoutes } from './oauth/clients.routes.ts'
import { mayClients } from './oauth/oauth.permissions.ts'
import { oauthRoutes } from './oauth/oauth.routes.ts'
import { logoutUrl } from './oidc/logout-url.ts'
import { oidcRoutes } from './oidc/oidc.routes.ts'
import { providerReadiness } from './oidc/provider-readiness.ts'
import type { Providers } from './oidc/providers.ts'
import { createProviders } from './oidc/providers.ts'
import { createRenewTokens } from './oidc/renew-tokens.ts'
import type { PageReaders } from './page-readers.ts'
import { pageReaders } from './page-readers.ts'
import { passkeyRoutes } from './passkeys/passkeys.routes.ts'
import { peopleParts } from './people/people-parts.ts'
import {
  mayServiceAccounts,
  serviceAccountRoutes,
} from './service-accounts/service-accounts.routes.ts'
import type { Authenticate } from './sessions/authenticate.ts'
import { createAuthenticate as createFor } from './sessions/authenticate.ts'
import { ownSessionRoutes } from './sessions/own-sessions.routes.ts'
import { platformSessionRoutes } from './sessions/platform-sessions.routes.ts'
import type { RenewTokens } from './sessions/rotate-session.ts'
import { mayPlatformSessions } from './sessions/sessions.permissions.ts'
import { sessionRoutes } from './sessions/sessions.routes.ts'
import { sweepJob } from './sessions/sweep.job.ts'
import { tenantSwitchRoutes } from './tenant-switch/tenant-switch.routes.ts'
import { tokenApiRoutes } from './token-api/token-api.routes.ts'
import { createForeignAccess } from './tokens/foreign/foreign-access.ts'
import { jwksRoute } from './tokens/own/jwks.routes.ts'
import { mayWithKeys } from './tokens/own/signing-keys.permissions.ts'
import { signingKeyRoutes } from './tokens/own/signing-keys.routes.ts'

/** What identity brings to a service. */
export interface IdentityRoom {
  /** Signing in and out: routes, jobs, and readiness of the providers. */
  readonly feature: Feature
  /** Finds the principal of a request's one credential; what http asks before every route. */
  readonly authenticate: ReturnType<typeof createAuthenticateRequest>
  /** Has answers lengthen the session cookie with the session; called before routes are registered. */
  readonly keepCookies: (app: FastifyInstance) => void
  /** What pages show of people. */
  readonly readers: PageReaders
}

/** What its routes and its authentication share, made once. */
interface Shared {
  readonly deps: IdentityDeps
  readonly identity: Identity
  readonly providers: Providers
  readonly keyCache: KeyCache
}

/** Puts identity together. */
export function createIdentity(deps: IdentityDeps): IdentityRoom {
  const { app, oidc, outbound, clock, log } = deps
  const production = app.environment === 'production'
  const providers = createProviders({ settings: oidc, outbound, clock, production, log })
  const { cache_entries: most } = deps.apiKeys
  const keyCache = createKeyCache({ listen: deps.listen, most })
  const shared: Shared = { deps, identity: assemble(deps), providers, keyCache }
  return {
    readers: pageReaders(shared.identity),
    feature: featureOf(shared),
    keepCookies: shared.identity.cookieKeeper.install,
    authenticate: createAuthenticateRequest({
      cookie: authenticateCookie(shared),
      bearer: authenticateBearer(shared),
      apiKey: authenticateKey(shared),
    }),
  }
}

/** Our own tokens first: they name us. The memory of both is one. */
function authenticateBearer({ deps, identity, providers }: Shared): Authenticators['bearer'] {
  const { own } = identity
  const foreign = createForeignAccess({
    ...deps,
    settings: deps.jwt,
    providers,
    cache: own.cache,
    mapClaims: deps.hooks?.mapClaims,
  })
  return (request, token) => own.authenticate(request, token) ?? foreign(request, token)
}

function authenticateKey({ deps, keyCache: cache }: Shared): KeyAuthentication {
  const production = deps.app.environment === 'production'
  return createKeyAuthentication({ ...deps, cache, production, checkKey: deps.hooks?.checkKey })
}

/** What the routes of API keys and of service accounts need. */
function keysDeps({ deps, keyCache: cache }: Pick<Shared, 'deps' | 'keyCache'>) {
  const { app, apiKeys: settings, catalogue, clock, notify } = deps
  const production = app.environment === 'production'
  return { clock, settings, catalogue, notify, baseUrl: app.base_url, production, cache }
}

function featureOf({ deps, identity, providers, keyCache }: Shared): Feature {
  const { app, outbound, clock, log } = deps
  const renewTokens = renewing(deps, providers)
  const people = peopleParts(identity)
  const accounts = accountParts(identity)
  const keys = keysDeps({ deps, keyCache })
  const states = createLogoutStates(app.session_signing_secret, clock)
  const refusals = createRefusalLimit({ clock, ...REFUSED_LOGOUTS })
  return feature('identity', {
    permissions: [
      ...people.permissions,
      mayKeys,
      mayServiceAccounts,
      mayClients,
      mayWithKeys,
      mayWithFactors,
      mayPlatformSessions,
    ],
    routes: [
      oidcRoutes({ identity, providers }),
      sessionRoutes({
        identity,
        renewTokens,
        logoutUrl: async (name, idToken) => {
          const provider = providers.find(name)
          return provider && logoutUrl(provider, { idToken, ...wayBack(deps, states) })
        },
      }),
      ...accounts.routes,
      ownSessionRoutes(identity),
      platformSessionRoutes(identity),
      ...people.routes,
      tenantSwitchRoutes(identity),
      linkingRoutes({ identity, providers }),
      passkeyRoutes({ identity, providers }),
      mfaRoutes(identity),
      apiKeyRoutes(keys),
      serviceAccountRoutes(identity),
      logoutRoutes({ identity, providers, states, refusals }),
      jwksRoute(identity.own.keys),
      signingKeyRoutes(identity),
      tokenApiRoutes(identity),
      oauthRoutes(identity),
      clientRoutes(identity),
    ],
    jobs: [
      sweepJob(clock),
      ...people.jobs,
      sweepFactorsJob(clock),
      ...accounts.jobs,
      announceEndsJob(keys),
      revokeTokenJob({ providers, outbound, secret: app.session_signing_secret }),
    ],
    resources: providers.all.map((provider) => providerReadiness(provider, log)),
  })
}

/** Refused logout tokens that one address may send in a minute. */
const REFUSED_LOGOUTS = { most: 30, windowMs: 60_000 }

/** Where a provider sends the browser after sign-out; only our own page there can check a state. */
function wayBack({ app, oidc }: IdentityDeps, states: LogoutStates) {
  const own = `${app.base_url}/auth/web/logged-out`
  const returnUrl = oidc.post_logout_redirect_uri ?? own
  return { returnUrl, state: returnUrl === own ? states.issue() : undefined }
}

function renewing({ oidc, outbound, clock }: IdentityDeps, providers: Providers): RenewTokens {
  const {
    enabled,
    persist_in_session_store: persist,
    most_at_once: mostAtOnce,
  } = oidc.refresh_tokens
  return createRenewTokens({ providers, outbound, clock, enabled: enabled && persist, mostAtOnce })
}

function authenticateCookie({ identity: shared }: Shared): Authenticate {
  const { mint, sessions, sessionCache, app, ...identity } = shared
  return createFor({
    ...identity,
    sessions: mint,
    sessionCache,
    cookieSeconds: app.session_max_age,
    strict: sessions.fingerprint === 'strict',
  })
}
