import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { logoutPage, messagePage, type ProviderPage } from './login-page.ts'
import { LOGIN_PATH, pageHeaders } from './login-routes.ts'
import type { ProviderClient } from './provider-client.ts'
import type { ProviderRecords } from './provider-records.ts'
import type { ProviderUser } from './seeded-users.ts'

/** The audience of access tokens that are meant for the service (contract 3.2, `jwt.audiences`). */
const API_RESOURCE = 'api://default'

/** What makes oidc-provider this provider. */
export interface ProviderSetup {
  readonly clients: readonly ProviderClient[]
  readonly users: readonly ProviderUser[]
  readonly records: ProviderRecords
  readonly realmPath: string
  /** Distinguishes cookies of two providers on one machine: cookies of localhost ignore the port. */
  readonly port: number
}

/** The whole behaviour of the development provider as oidc-provider reads it. */
export function providerConfiguration(setup: ProviderSetup): Configuration {
  const { records, realmPath } = setup
  return {
    adapter: (model) => records.adapter(model),
    jwks: { keys: [...records.memory.signingKeys] },
    clients: setup.clients.map(clientMetadata),
    findAccount: (_ctx, subject) => account(setup.users, subject),
    claims: CLAIMS,
    // Everything the scopes ask for is in the ID token: a service needs no second request.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    loadExistingGrant: grantEverything,
    interactions: { url: (_ctx, interaction) => realmPath + LOGIN_PATH + interaction.uid },
    cookies: cookies(setup),
    routes: ROUTES,
    ttl: LIFETIME_SECONDS,
    fetch: callLoopback,
    clientBasedCORS: (_ctx, origin) => isLoopback(origin),
    renderError: (ctx, out) =>
      show(ctx, messagePage('This request was refused', out.error_description ?? out.error)),
    features: FEATURES,
  }
}

const CLAIMS = {
  openid: ['sub'],
  email: ['email', 'email_verified'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username'],
}

/** The paths that Keycloak has, so that a configuration written for one fits the other. */
const ROUTES = {
  authorization: '/protocol/openid-connect/auth',
  token: '/protocol/openid-connect/token',
  jwks: '/protocol/openid-connect/certs',
  userinfo: '/protocol/openid-connect/userinfo',
  end_session: '/protocol/openid-connect/logout',
  revocation: '/protocol/openid-connect/revoke',
}

const DAY = 86_400
const LIFETIME_SECONDS = {
  AccessToken: 900,
  AuthorizationCode: 60,
  IdToken: 3600,
  Interaction: 3600,
  RefreshToken: 14 * DAY,
  Grant: 14 * DAY,
  Session: 14 * DAY,
}

const FEATURES: NonNullable<Configuration['features']> = {
  devInteractions: { enabled: false },
  dPoP: { enabled: false },
  backchannelLogout: { enabled: true },
  pushedAuthorizationRequests: { enabled: false },
  revocation: {
    enabled: true,
    allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
  },
  rpInitiatedLogout: {
    enabled: true,
    logoutSource: (ctx, form) => show(ctx, logoutPage(form)),
    postLogoutSuccessSource: (ctx) =>
      show(
        ctx,
        messagePage('Signed out', 'You are signed out of the development identity provider.'),
      ),
  },
  // RFC 8707: a token for the API is a JWT with the API's audience, any other is for /userinfo.
  resourceIndicators: {
    enabled: true,
    useGrantedResource: () => true,
    getResourceServerInfo: (_ctx, resource) => {
      if (resource !== API_RESOURCE) throw new Error(`unknown resource ${resource}`)
      return {
        scope: '',
        audience: API_RESOURCE,
        accessTokenTTL: LIFETIME_SECONDS.AccessToken,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }
    },
  },
}

function clientMetadata(client: ProviderClient) {
  return {
    client_id: client.clientId,
    client_secret: client.clientSecret,
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    ...(client.backchannelLogoutUri !== undefined && {
      backchannel_logout_uri: client.backchannelLogoutUri,
      backchannel_logout_session_required: true,
    }),
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_basic' as const,
    // auth_time in every ID token, for services that ask how fresh a sign-in is.
    require_auth_time: true,
  }
}

function account(users: readonly ProviderUser[], subject: string) {
  const user = users.find((each) => each.subject === subject)
  if (user === undefined) return undefined
  const claims = {
    sub: user.subject,
    email: user.email,
    email_verified: user.emailVerified,
    name: user.name,
    given_name: user.givenName,
    family_name: user.familyName,
    preferred_username: user.username,
  }
  return { accountId: subject, claims: () => claims }
}

/** Nobody is asked to consent: the service and the provider belong to the same developer. */
async function grantEverything(ctx: KoaContextWithOIDC) {
  const { client, provider, session } = ctx.oidc
  if (client === undefined || session?.accountId === undefined) return undefined
  const earlier = session.grantIdFor(client.clientId)
  const known = earlier === undefined ? undefined : await provider.Grant.find(earlier)
  const grant =
    known ?? new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope([...ctx.oidc.requestParamScopes].join(' '))
  await grant.save()
  return grant
}

function cookies(setup: ProviderSetup): NonNullable<Configuration['cookies']> {
  const prefix = `plinth_provider_${setup.port}`
  return {
    keys: setup.records.memory.cookieKeys,
    names: {
      session: `${prefix}_session`,
      interaction: `${prefix}_login`,
      resume: `${prefix}_resume`,
    },
    long: { httpOnly: true, sameSite: 'lax', signed: true, path: setup.realmPath },
    short: { httpOnly: true, sameSite: 'lax', signed: true },
  }
}

function show(ctx: KoaContextWithOIDC, page: ProviderPage): void {
  ctx.set(pageHeaders(page))
  ctx.body = page.body
}

/** The services of one developer are the only ones that this provider calls, at sign-out. */
async function callLoopback(url: string | URL | Request, options?: RequestInit): Promise<Response> {
  const { href } = new URL(url instanceof Request ? url.url : url)
  if (!isLoopback(href)) throw new Error(`the development provider does not call ${href}`)
  const { method, headers, body, redirect, signal } = options ?? {}
  return fetch(href, {
    ...(method !== undefined && { method }),
    ...(headers !== undefined && { headers }),
    ...(body !== undefined && { body }),
    ...(redirect !== undefined && { redirect }),
    ...(signal !== undefined && { signal }),
  })
}

function isLoopback(origin: string): boolean {
  const host = URL.parse(origin)?.hostname
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]'
}
