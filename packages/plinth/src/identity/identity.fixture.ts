import { Client } from 'pg'
import { recordOutside } from '../audit/index.ts'
import type { RunningProvider } from '../dev/index.ts'
import { completeLogin, startProvider, testClient } from '../dev/index.ts'
import type { Feature } from '../feature/index.ts'
import { acrDemanded } from '../feature/index.ts'
import { createCsrf } from '../http/index.ts'
import { Secret } from '../kernel/index.ts'
import { createOutbound, outboundSettings } from '../outbound/index.ts'
import {
  configuredStrategies,
  createPlaceInTenant,
  createStandings,
  createWelcome,
  permissionCatalogue,
  tenancySettings,
} from '../tenancy/index.ts'
import type { TestDatabase } from '../testing/database.ts'
import { openTestDatabase } from '../testing/database.ts'
import type { EvilProvider } from '../testing/evil-provider/index.ts'
import { startEvilProvider } from '../testing/evil-provider/index.ts'
import type { HttpHarness } from '../testing/http-harness.ts'
import { openHttp } from '../testing/http-harness.ts'
import type { Answer, CallHeaders, Person } from '../testing/person.ts'
import { createPerson } from '../testing/person.ts'
import type { TestClock } from '../testing/test-clock.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { providersFor } from './identity-providers.fixture.ts'
import type { AppFacts, IdentityDeps } from './index.ts'
import {
  accountSettings,
  apiKeySettings,
  createIdentity,
  jwtSettings,
  mfaSettings,
  oauthSettings,
  oidcSettings,
  passkeySettings,
  peopleSettings,
  sessionSettings,
  tokenSettings,
} from './index.ts'

/** Origin of the service in these tests, whatever port its socket has. */
export const ORIGIN = 'http://localhost:8000'
const CSRF_SECRET = new Secret('csrf-secret-of-the-tests-0123456789ab')

/** Identity over a socket, with a real provider, an evil one, and a database of its own. */
export interface IdentityWorld extends AsyncDisposable {
  readonly http: HttpHarness
  readonly db: TestDatabase
  /** What identity was made from: for what a test does without a request. */
  readonly deps: IdentityDeps
  readonly clock: TestClock
  readonly provider: RunningProvider
  readonly evil: EvilProvider
  readonly mails: { template: string; to: string; data: object }[]
  person(userAgent?: string): Person
  /** Runs SQL past row-level security. */
  sql<R extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<R[]>
}

/** What a test changes. */
export interface IdentityWorldOptions {
  readonly app?: Partial<AppFacts>
  readonly oidc?: object
  readonly sessions?: object
  readonly tokens?: object
  readonly oauth?: object
  readonly jwt?: object
  readonly people?: object
  readonly accounts?: object
  readonly mfa?: object
  readonly passkeys?: object
  readonly tenancy?: object
  /** Settings of the evil provider. */
  readonly evil?: object
  /** A clock that others share; one of its own by default. */
  readonly clock?: TestClock
  /** Features beside identity. */
  readonly features?: readonly Feature[]
}

/** Opens a world. The providers are `keycloak` (the development provider, default) and `evil`. */
export async function openIdentity(options: IdentityWorldOptions = {}): Promise<IdentityWorld> {
  const { clock = createTestClock() } = options
  const silent = { info: () => {}, warn: () => {}, error: () => {} }
  const [db, provider, evil] = await Promise.all([
    openTestDatabase({ clock }),
    startProvider({ port: 0, clients: [testClient()], log: silent }),
    startEvilProvider({ clock }),
  ])
  const mails: IdentityWorld['mails'] = []
  const tenancy = tenancySettings.parse(options.tenancy ?? {})
  const csrf = createCsrf(CSRF_SECRET)
  const logged: string[] = []
  const write = (facts: object, message?: string) =>
    void logged.push(`${message} ${JSON.stringify(facts, describe)}`)
  const log = { info: write, warn: write, error: write }
  const deps: IdentityDeps = {
    app: {
      name: 'Shop',
      environment: 'test',
      base_url: ORIGIN,
      post_login_default: '/',
      session_max_age: 3600,
      session_signing_secret: new Secret('session-secret-of-the-tests-012345678'),
      session_cookie: { same_site: 'lax' },
      ...options.app,
    },
    oidc: oidcSettings.parse({
      providers: providersFor({ provider, evil }, options.evil),
      ...options.oidc,
    }),
    sessions: sessionSettings.parse(options.sessions ?? {}),
    people: peopleSettings.parse(options.people ?? {}),
    entities: (options.features ?? []).flatMap((one) => one.entities ?? []),
    accounts: accountSettings.parse(options.accounts ?? {}),
    mfa: mfaSettings.parse(options.mfa ?? {}),
    passkeys: passkeySettings.parse(options.passkeys ?? {}),
    tokens: tokenSettings.parse(options.tokens ?? {}),
    jwt: jwtSettings.parse(options.jwt ?? {}),
    tenantClaim: tenancy.mode === 'none' ? undefined : tenancy.claim_name,
    oauth: oauthSettings.parse(options.oauth ?? {}),
    apiKeys: apiKeySettings.parse({}),
    catalogue: () => permissionCatalogue([identity.feature, ...(options.features ?? [])]),
    memberPermissions: tenancy.member_permissions,
    platform: db.database.platform,
    listen: db.database.listen,
    clock,
    outbound: createOutbound({
      // No provider of these tests keeps anybody waiting; the machine may.
      settings: outboundSettings.parse({ timeout_ms: 30_000 }),
      clock,
      log,
    }),
    notify: {
      mail: async (_tx, template, to, data) => {
        const address = typeof to === 'string' ? to : to.address
        mails.push({ template: template.name, to: address, data })
      },
      sms: async (_tx, { to, text }) => {
        mails.push({ template: 'sms', to, data: { text } })
      },
      sendsSms: true,
    },
    tenancy: createWelcome(tenancy.mode),
    csrfTokenFor: csrf.tokenFor,
    refused: async ({ actor, tenant, ...event }) =>
      recordOutside(db.database.platform, actor, event, tenant),
    acrValues: acrDemanded(options.features ?? []),
    log,
  }
  const identity = createIdentity(deps)
  const http = await openHttp([identity.feature, ...(options.features ?? [])], {
    csrfSecret: CSRF_SECRET,
    clock,
    log,
    baseUrl: deps.app.base_url,
    sessionCookie: deps.app.base_url.startsWith('https:')
      ? '__Host-user_session_id'
      : 'user_session_id',
    authenticate: identity.authenticate,
    dbFor: (tenant, caller) => db.database.forTenant(tenant, caller),
    placeInTenant: createPlaceInTenant({
      settings: tenancy,
      strategies: configuredStrategies(tenancy, []),
      standings: createStandings(db.database, 0),
      ownPeople: true,
    }),
  })
  http.logged.push = logged.push.bind(logged)
  const admin = new Client(db.adminUrl)
  await admin.connect()
  return {
    http: { ...http, logged },
    db,
    deps,
    clock,
    provider,
    evil,
    mails,
    person: (userAgent) =>
      createPerson({
        url: http.url,
        origin: new URL(deps.app.base_url).origin,
        ...(userAgent && { userAgent }),
      }),
    sql: async (text, values = []) => (await admin.query(text, values)).rows,
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]()
      await admin.end()
      await Promise.all([provider.stop(), evil[Symbol.asyncDispose](), db[Symbol.asyncDispose]()])
    },
  }
}

/** Errors as the log would show them, so that a test can look for what must not be there. */
function describe(_: string, value: unknown): unknown {
  return value instanceof Error ? `${value.stack} ${String(value.cause)}` : value
}

/** Starts a sign-in and answers where the browser is sent. */
export async function startAt(
  person: Person,
  query = '',
  headers: CallHeaders = {},
): Promise<string> {
  const answer = await person.get(`/auth/web/login${query}`, headers)
  return answer.headers.get('location') ?? `no location: ${answer.status}`
}

/** Signs in at the development provider; the answer is the callback's. */
export async function signInAt(
  person: Person,
  username = 'testuser1',
  query = '',
): Promise<Answer> {
  const credentials = { username, password: 'password123' }
  const back = new URL(await completeLogin(await startAt(person, query), credentials))
  return person.get(`${back.pathname}${back.search}`)
}

/** Signs in at the evil provider with what it says now; the answer is the callback's. */
export async function signInAtEvil(
  world: IdentityWorld,
  person: Person,
  more: Record<string, string | undefined> = {},
): Promise<Answer> {
  return person.get(world.evil.callback(await startAt(person, '?provider=evil'), more))
}

/** Name of the session cookie on loopback. */
export const COOKIE = 'user_session_id'
/** The browser that tests use unless they say otherwise. */
export const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0'

/** Headers of a call with a session cookie, from our own origin. */
export const withCookie = (token: string | undefined, more: CallHeaders = {}): CallHeaders => ({
  cookie: `${COOKIE}=${token}`,
  origin: ORIGIN,
  ...more,
})

/** Calls of a test that writes its headers itself; `world` is asked at each call. */
export function callsTo(world: () => IdentityWorld) {
  /** Sends exactly these headers: no jar adds or keeps anything. */
  const send = async (method: string, path: string, headers: CallHeaders = {}) => {
    const answer = await fetch(`${world().http.url}${path}`, {
      method,
      headers: { 'user-agent': CHROME, ...headers },
      redirect: 'manual',
    })
    const body = (await answer.json()) as Record<string, unknown>
    return {
      status: answer.status,
      body,
      set: answer.headers.getSetCookie(),
      headers: answer.headers,
    }
  }
  return {
    send,
    isSignedIn: async (token: string | undefined, more: CallHeaders = {}) =>
      (await send('GET', '/auth/web/me', withCookie(token, more))).body['authenticated'],
    signedIn: async (): Promise<Person> => {
      const person = world().person()
      await signInAt(person)
      return person
    },
  }
}
