import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { decodeJwt } from 'jose'
import type { CookieJar, LoginCredentials } from '../../dev/index.ts'
import { systemClock } from '../../kernel/index.ts'
import { createOutbound, outboundSettings } from '../../outbound/index.ts'
import type { Person } from '../../testing/person.ts'
import type { World } from '../../testing/world.ts'
import { startWorld } from '../../testing/world.ts'
import { createProviders, jwtSettings, oidcSettings, verifyAccessToken } from '../index.ts'
import type { RealProvider } from './real-provider.fixture.ts'
import { accessTokenFrom, CALLBACK, CLIENT, NOBODY, ONE, TWO } from './real-provider.fixture.ts'

const COOKIE = 'user_session_id'
const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** The whole sign-in, through a running service, at a provider that is no double. */
export function signInSuite(
  title: string,
  open: () => Promise<RealProvider>,
  can: Abilities,
): void {
  let provider: RealProvider
  /** Two services: the second also uses the provider's refresh tokens. */
  let plain: World
  let renewing: World
  before(async () => {
    provider = await open()
    const settings = {
      'oidc.providers.keycloak.issuer': provider.issuer,
      'oidc.providers.keycloak.client_id': CLIENT.id,
      'oidc.providers.keycloak.client_secret': CLIENT.secret,
    }
    const renews = {
      'oidc.refresh_tokens.enabled': true,
      'oidc.refresh_tokens.persist_in_session_store': true,
    }
    plain = await startWorld({ features: [], settings })
    renewing = await startWorld({ features: [], settings: { ...settings, ...renews } })
    await provider.callAtLogout(`${plain.url}/auth/web/backchannel-logout/keycloak`)
  })
  after(async () => {
    await plain?.[Symbol.asyncDispose]()
    await renewing?.[Symbol.asyncDispose]()
    await provider?.[Symbol.asyncDispose]()
  })

  /** Goes to the provider, through its pages, and back to the callback; the answer is the callback's. */
  const signIn = async (person: Person, how: How = {}) => {
    const { who = ONE, jar, query = '' } = how
    const start = await person.get(`/auth/web/login${query}`)
    const location = start.headers.get('location')
    assert.ok(location, `the sign-in does not start: ${start.status} ${JSON.stringify(start.body)}`)
    return person.get(pathOf(await provider.logIn(location, who, jar)))
  }
  const signedIn = async (world: World, how: How = {}): Promise<Person> => {
    const person = world.visitor()
    const answer = await signIn(person, how)
    assert.equal(answer.status, 302, logTail(world))
    return person
  }
  const me = async (person: Person) => (await person.get('/auth/web/me')).body
  const isSignedIn = async (person: Person) => (await me(person))['authenticated']
  const idOf = async (person: Person) => ((await me(person))['user'] as { id: string }).id

  test(`${title}: RP-14 oidcc-client-test a person signs in, is told who they are, and goes where they wanted`, async () => {
    const ana = plain.visitor()
    const answer = await signIn(ana, { query: '?return_to=/dashboard?tab=1' })
    assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/dashboard?tab=1'])
    const { authenticated, user } = await me(ana)
    const { id: _, ...facts } = user as Record<string, unknown>
    assert.equal(authenticated, true)
    assert.deepEqual(facts, {
      email: 'testuser1@example.com',
      first_name: 'Test',
      last_name: 'User One',
      name: 'Test User One',
    })
  })

  test(`${title}: D8 who comes back is the same person, and somebody else is somebody else`, async () => {
    const [one, again, two] = await Promise.all([
      signedIn(plain),
      signedIn(plain),
      signedIn(plain, { who: TWO }),
    ])
    assert.equal(await idOf(again), await idOf(one))
    assert.notEqual(await idOf(two), await idOf(one))
  })

  test(`${title}: a wrong password stays at the provider, and the right one works afterwards`, async () => {
    const ana = plain.visitor()
    await assert.rejects(signIn(ana, { who: NOBODY }), /refused the password of testuser1/)
    assert.equal(await isSignedIn(ana), false)
    assert.equal((await signIn(ana)).status, 302)
    assert.equal(await isSignedIn(ana), true)
  })

  test(`${title}: RP-02 a request without PKCE, or for another address, is refused by the provider too`, async () => {
    const start = await plain.visitor().get('/auth/web/login')
    const url = new URL(start.headers.get('location') ?? '')
    const elsewhere = new URL(url)
    elsewhere.searchParams.set('redirect_uri', 'http://localhost:8000/elsewhere')
    await assert.rejects(provider.logIn(elsewhere.href, ONE), /answered 400/)
    url.searchParams.delete('code_challenge')
    url.searchParams.delete('code_challenge_method')
    const back = new URL(await provider.logIn(url.href, ONE))
    assert.deepEqual(
      [back.searchParams.get('error'), back.searchParams.get('code')],
      ['invalid_request', null],
    )
  })

  for (const [how, world] of [
    ['by itself', () => plain],
    ['with the refresh token of the provider', () => renewing],
  ] as const) {
    test(`${title}: D6 a session is refreshed ${how}, again and again, with a new id and CSRF token`, async () => {
      const ana = await signedIn(world())
      const id = await idOf(ana)
      const seen = new Set([ana.cookies.get(COOKIE), await ana.refreshCsrf()])
      for (const _ of [1, 2]) {
        const answer = await ana.post('/auth/web/refresh')
        assert.equal(answer.status, 200, logTail(world()))
        seen.add(ana.cookies.get(COOKIE)).add(String(answer.body['csrf_token']))
      }
      assert.deepEqual([seen.size, await idOf(ana)], [6, id])
    })
  }

  test(`${title}: RP-103 RP-97 sign-out ends the session here, at the provider, and what it still renews`, async () => {
    const jar: CookieJar = new Map()
    const ana = await signedIn(plain, { jar })
    // Signed in at the provider: it asks for no password, for this service or another.
    const elsewhere = await signedIn(renewing, { who: NOBODY, jar })
    const { body } = await ana.post('/auth/web/logout')
    assert.equal(await isSignedIn(ana), false)
    const back = await provider.logIn(String(body['provider_logout_url']), NOBODY, jar)
    const home = await ana.get(pathOf(back))
    assert.deepEqual([home.status, home.headers.get('location')], [302, '/'])
    await assert.rejects(signIn(ana, { who: NOBODY, jar }), /refused the password/)
    const renewed = await elsewhere.post('/auth/web/refresh')
    assert.deepEqual([renewed.status, await isSignedIn(elsewhere)], [401, false])
  })

  test(`${title}: RP-105 oidcc-client-test-backchannel-rp-init-logout the provider signs people out here, those and no others`, async () => {
    const jar: CookieJar = new Map()
    const ana = await signedIn(plain, { jar })
    const other = await signedIn(plain)
    // The same browser signs out at another service of the same provider.
    const elsewhere = await signedIn(renewing, { who: NOBODY, jar })
    const { body } = await elsewhere.post('/auth/web/logout')
    await provider.logIn(String(body['provider_logout_url']), NOBODY, jar)
    for (let tries = 0; tries < 1_200 && (await isSignedIn(ana)); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(await isSignedIn(ana), false, logTail(plain))
    assert.equal(await isSignedIn(other), true)
  })

  test(`${title}: RP-13 prompt and max_age ask for the password again, and the answer is held against it`, async () => {
    const jar: CookieJar = new Map()
    const ana = await signedIn(plain, { jar })
    const again = (who: LoginCredentials, query: string) => signIn(ana, { who, jar, query })
    const isAsked = (query: string) =>
      again(NOBODY, query).then(
        () => false,
        (error: unknown) => /refused the password/.test(String(error)),
      )
    assert.equal(await isAsked(''), false)
    assert.equal(await isAsked('?prompt=login'), true)
    for (let tries = 0; tries < 1_200 && !(await isAsked('?max_age=1')); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(await isAsked('?max_age=1'), true)
    for (const query of ['?prompt=login', '?max_age=300'])
      assert.equal((await again(ONE, query)).status, 302, logTail(plain))
    assert.equal(await isSignedIn(ana), true)
  })

  if (can.rotateKeys)
    test(`${title}: RP-89 a key that is new at the provider is taken at once`, async () => {
      await signedIn(plain)
      await provider.rotateKeys?.()
      assert.equal(await isSignedIn(await signedIn(plain)), true)
    })

  test(`${title}: JW-30 its access token for the API is verified, whatever other audiences it names`, async () => {
    const oidc = oidcSettings.parse({
      providers: {
        keycloak: {
          issuer: provider.issuer,
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
        },
      },
    })
    const clock = systemClock
    const outbound = createOutbound({ settings: outboundSettings.parse({}), clock, log: silent })
    const providers = createProviders({
      settings: oidc,
      outbound,
      clock,
      production: false,
      log: silent,
    })
    const token = await accessTokenFrom(provider)
    const { aud, azp } = decodeJwt(token)
    assert.deepEqual([aud, azp], [provider.audience, provider.authorizedParty])
    const deps = { providers, settings: jwtSettings.parse({}), clock }
    const verified = await verifyAccessToken(deps, token)
    assert.deepEqual([verified.issuer, verified.provider], [provider.issuer, 'keycloak'])
    const foreign = { ...deps, settings: jwtSettings.parse({ audiences: ['api://other'] }) }
    await assert.rejects(verifyAccessToken(foreign, token), { code: 'auth.invalid_token' })
  })
}

/** What a provider can do that another cannot; no test is made for the rest. */
interface Abilities {
  readonly rotateKeys: boolean
}

interface How {
  readonly who?: LoginCredentials
  /** Cookies of the browser at the provider; a fresh browser by default. */
  readonly jar?: CookieJar
  readonly query?: string
}

/** What the service is asked for when the browser follows a URL of its origin. */
function pathOf(url: string): string {
  const { pathname, search, origin } = new URL(url)
  assert.equal(origin, new URL(CALLBACK).origin)
  return `${pathname}${search}`
}

/** The last words of a service, for a test that failed. */
function logTail(world: World): string {
  return `the service said last:\n${world.logged.slice(-6).join('')}`
}
