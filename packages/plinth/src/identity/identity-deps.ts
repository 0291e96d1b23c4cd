import type { Principal } from '../access/index.ts'
import type { AnyEntity, Database, PlatformDb } from '../data/index.ts'
import type { Log } from '../feature/index.ts'
import type { Refusal } from '../http/index.ts'
import type { Clock, Secret } from '../kernel/index.ts'
import type { Notify } from '../notify/index.ts'
import type { Outbound } from '../outbound/index.ts'
import type { PermissionCatalogue, Welcome } from '../tenancy/index.ts'
import type { AccountSettings } from './account/accounts.settings.ts'
import type { ApiKeySettings } from './api-keys/api-keys.settings.ts'
import type { Attempts } from './attempts/attempts.ts'
import { createAttempts } from './attempts/attempts.ts'
import type { EnterDeps } from './enter.ts'
import type { IdentityHooks } from './hooks.ts'
import { withTexts } from './mail-texts.ts'
import type { MfaSettings } from './mfa/mfa.settings.ts'
import type { Mfa } from './mfa/mfa.ts'
import { createMfa } from './mfa/mfa.ts'
import type { OAuthSettings } from './oauth/oauth.settings.ts'
import type { OidcSettings } from './oidc/oidc.settings.ts'
import type { PasskeySettings } from './passkeys/passkeys.settings.ts'
import type { Passkeys } from './passkeys/passkeys.ts'
import { createPasskeys } from './passkeys/passkeys.ts'
import type { Decoys } from './password/decoys.ts'
import { createDecoys } from './password/decoys.ts'
import type { Passwords } from './password/passwords.ts'
import { createPasswords } from './password/passwords.ts'
import type { PeopleSettings } from './people/people.settings.ts'
import type { PersonProfile } from './people/person-profile.ts'
import { personProfileOf } from './people/person-profile.ts'
import type { CookieRule } from './sessions/cookie.ts'
import { cookieName } from './sessions/cookie.ts'
import type { Fingerprints } from './sessions/fingerprint.ts'
import { createFingerprints } from './sessions/fingerprint.ts'
import type { CookieKeeper } from './sessions/keep-cookie.ts'
import { createCookieKeeper } from './sessions/keep-cookie.ts'
import type { SessionDeps } from './sessions/mint-session.ts'
import type { SessionCache } from './sessions/session-cache.ts'
import type { SessionSettings } from './sessions/sessions.settings.ts'
import type { TokenApi } from './token-api/token-api.ts'
import { createTokenApi } from './token-api/token-api.ts'
import type { JwtSettings } from './tokens/jwt.settings.ts'
import type { OwnAccess } from './tokens/own/own-access.ts'
import { createOwnAccess } from './tokens/own/own-access.ts'
import type { TokenSettings } from './tokens/own/tokens.settings.ts'

/** What identity reads of the `app` section. */
export interface AppFacts {
  /** Name of the service. */
  readonly name: string
  readonly environment: 'development' | 'test' | 'production'
  readonly base_url: string
  readonly post_login_default: string
  readonly session_max_age: number
  readonly session_signing_secret: Secret
  readonly session_cookie: { readonly same_site: CookieRule['sameSite'] }
}

/** Everything that identity is given. */
export interface IdentityDeps {
  readonly app: AppFacts
  readonly oidc: OidcSettings
  readonly sessions: SessionSettings
  readonly accounts: AccountSettings
  readonly mfa: MfaSettings
  readonly passkeys: PasskeySettings
  readonly tokens: TokenSettings
  readonly oauth: OAuthSettings
  /** How access tokens of other issuers are judged. */
  readonly jwt: JwtSettings
  /** Told of such tokens from the future: by how many seconds. */
  readonly onClockSkew?: (provider: string, seconds: number) => void
  /** Claim by which such a token names its tenant; undefined where none does. */
  readonly tenantClaim: string | undefined
  readonly apiKeys: ApiKeySettings
  readonly people: PeopleSettings
  /** The entities of the service: `person_profile` may be among them, and what it keeps of people. */
  readonly entities: readonly AnyEntity[]
  /** What the service declares that can be granted; asked when a request needs it. */
  readonly catalogue: () => PermissionCatalogue
  /** What every member of a tenant may do. */
  readonly memberPermissions: readonly string[]
  readonly platform: PlatformDb
  /** Where changes are heard of; without it nothing is remembered of access tokens. */
  readonly listen?: Database['listen']
  /** Sessions in memory, shared by all that authenticate; without it the database is asked. */
  readonly sessionCache?: SessionCache
  readonly clock: Clock
  readonly outbound: Outbound
  readonly notify: Pick<Notify, 'mail' | 'sms' | 'sendsSms'>
  /** Which tenant people begin in, and whether they see it. */
  readonly tenancy: Welcome
  /** The CSRF token of a principal, as http makes and checks it. */
  readonly csrfTokenFor: (principal: Principal) => string | null
  /** Every `acr` that a route of the service demands; a link to sign in can ask for these only. */
  readonly acrValues: readonly string[]
  /** Where the service has its own word. */
  readonly hooks?: IdentityHooks | undefined
  /** Writes down what was refused; what nobody in particular was refused, in bounds. */
  readonly refused: (refusal: Refusal) => Promise<void>
  readonly log: Log
}

/** What the parts of identity share, made once. */
export interface Identity extends IdentityDeps {
  readonly cookie: CookieRule
  readonly cookieName: string
  /** Has browsers keep the cookie as long as their sessions last. */
  readonly cookieKeeper: CookieKeeper
  readonly fingerprints: Fingerprints
  readonly mint: SessionDeps
  /** Access tokens of our own: keys, and who comes with one. */
  readonly own: OwnAccess
  /** Gives tokens to whoever signed in for them. */
  readonly tokenApi: TokenApi
  /** What letting somebody in takes. */
  readonly enter: EnterDeps
  /** Counts what people try; asked before a secret is looked at. */
  readonly attempts: Attempts
  /** Makes and checks slow hashes, a bounded number at a time. */
  readonly passwords: Passwords
  /** What is checked where there is no hash. */
  readonly decoys: Decoys
  /** Second factors: who needs one, what they have, and who waits for one. */
  readonly factors: Mfa
  /** Further fields of people, where the service declared the entity `person_profile`. */
  readonly personProfile: PersonProfile | undefined
  /** Passkeys, where they are on. */
  readonly webauthn: Passkeys | undefined
}

/** Derives from settings what all parts need. */
export function assemble(given: IdentityDeps): Identity {
  const deps = { ...given, notify: withTexts(given.notify, given.hooks?.mails) }
  const { app, clock, oidc, sessions } = deps
  const secret = app.session_signing_secret
  const fingerprints = createFingerprints(secret)
  const lives = lifeBehindTokens(deps.tokens)
  const webauthn = createPasskeys({ ...deps, settings: deps.passkeys })
  const passkeys = webauthn !== undefined
  const factors = createMfa({ ...deps, settings: deps.mfa, secret, fingerprints, passkeys })
  const mint: SessionDeps = {
    clock,
    secret,
    fingerprints,
    idleSeconds: app.session_max_age,
    lifetimeSeconds: oidc.refresh_tokens.max_session_lifetime_seconds,
    behindTokens: lives,
    maxPerPerson: sessions.max_per_person,
    secondFactors: factors.gate,
  }
  const passwords = createPasswords(deps.accounts.password)
  const cookie = cookieRule(app)
  const name = sessionCookieName(app.base_url)
  return {
    ...deps,
    cookie,
    cookieName: name,
    cookieKeeper: createCookieKeeper({ ...deps, cookie, cookieName: name }),
    fingerprints,
    mint,
    ...ownTokens({ ...deps, secondFactors: factors.gate }, lives),
    personProfile: personProfileOf(deps.entities),
    passwords,
    decoys: createDecoys({ ...deps, secret, passwords }),
    attempts: createAttempts({ clock, secret, settings: deps.accounts.lockout }),
    factors,
    webauthn,
    enter: {
      platform: deps.platform,
      sessions: mint,
      challenges: factors.challenges,
      notify: deps.notify,
      baseUrl: app.base_url,
    },
  }
}

const DAY_SECONDS = 86_400

function lifeBehindTokens(tokens: TokenSettings) {
  const lifetimeSeconds = tokens.session_lifetime_days * DAY_SECONDS
  const idleSeconds = Math.min(tokens.refresh_ttl_days * DAY_SECONDS, lifetimeSeconds)
  return { idleSeconds, lifetimeSeconds }
}

/** Access tokens of our own, and the token API that gives them out. */
function ownTokens(
  deps: IdentityDeps & Pick<SessionDeps, 'secondFactors'>,
  { idleSeconds }: { readonly idleSeconds: number },
): Pick<Identity, 'own' | 'tokenApi'> {
  const { app, tokens: settings, sessions, listen } = deps
  const secret = app.session_signing_secret
  const shared = { ...deps, secret, baseUrl: app.base_url }
  const cacheEntries = sessions.cache_entries
  const own = createOwnAccess({ ...shared, settings, listen, cacheEntries })
  const tokenApi = createTokenApi({
    ...shared,
    tokens: own.tokens,
    idleSeconds,
    accessSeconds: settings.access_ttl_minutes * 60,
    cookie: cookieRule(app),
  })
  return { own, tokenApi }
}

function cookieRule(app: Pick<AppFacts, 'base_url' | 'session_cookie'>): CookieRule {
  return { secure: isHttps(app.base_url), sameSite: app.session_cookie.same_site }
}

/** Name of the session cookie; it follows the scheme of `app.base_url` (D19). */
export function sessionCookieName(baseUrl: string): string {
  return cookieName({ secure: isHttps(baseUrl) }, 'user_session_id')
}

function isHttps(url: string): boolean {
  return new URL(url).protocol === 'https:'
}
