import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { World } from '../../../packages/plinth/src/testing/index.ts'
import { startWorld } from '../../../packages/plinth/src/testing/index.ts'
import { BROWSER } from '../../../packages/plinth/src/testing/person.ts'
import { registry as features } from '../../../template/src/generated/registry.ts'
import { AuthClient, CookieJar, ProblemError, UnreachableError } from './index.ts'

const COOKIE = 'user_session_id'
const PRODUCTS = '/api/v1/products'
const lamp = (sku: string) => ({ sku, name: 'Lamp', price: 1250 })

let world: World
before(async () => {
  const migrations = path.join(import.meta.dirname, '../../../template/migrations')
  world = await startWorld({ features, migrations })
})
after(() => world[Symbol.asyncDispose]())

/** The service on its socket; its own origin is the one of `app.base_url`. */
function visitor(cookies = new CookieJar()): { client: AuthClient; cookies: CookieJar } {
  const call: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('origin', world.service.config.app.base_url)
    headers.set('user-agent', BROWSER)
    return fetch(input, { ...init, headers })
  }
  return { client: new AuthClient(world.url, { cookies, fetch: call }), cookies }
}

/** A client that carries the session of somebody who signed in. */
async function signedIn(who: string, can?: readonly string[]) {
  const person = await world.signIn(who, { tenant: `${who}-shop`, ...(can && { can }) })
  const cookies = new CookieJar()
  cookies.set(COOKIE, person.cookies.get(COOKIE) ?? '')
  return visitor(cookies)
}

test('contract 31.1 checkAuthState: nobody, then a person with the CSRF token', async () => {
  const state = await visitor().client.checkAuthState()
  assert.deepEqual(state, { authenticated: false, user: null, csrf_token: null })
  const { client } = await signedIn('ana')
  const known = await client.checkAuthState()
  assert.ok(known.authenticated)
  assert.equal(known.user.name, 'ana')
  assert.match(known.csrf_token, /\S{20,}/)
})

test('contract 31.1 the login URL names the provider only when it is not the default', () => {
  const client = new AuthClient()
  assert.equal(client.loginUrl(), 'http://localhost:8000/auth/web/login?return_to=%2F')
  assert.equal(
    client.loginUrl('google', '/dashboard', { maxAgeSeconds: 60, acrValues: ['gold', 'silver'] }),
    'http://localhost:8000/auth/web/login?provider=google&return_to=%2Fdashboard&max_age=60&acr_values=gold+silver',
  )
  const backTo = (page: string) =>
    new URL(client.loginUrl('default', page)).searchParams.get('return_to')
  const own = 'http://localhost:8000'
  assert.deepEqual([own, `${own}/`, `${own}/stock?page=2#low`].map(backTo), [
    '/',
    '/',
    '/stock?page=2#low',
  ])
  for (const listed of ['http://localhost:3000/x', `${own}.evil.example/`, `${own}1/`]) {
    assert.equal(backTo(listed), listed)
  }
  assert.throws(() => client.login(), /no page to leave here. Open http:/)
})

test('contract 31.1 authenticatedRequest fetches the token by itself, for a method in small letters too', async () => {
  const { client } = await signedIn('bea')
  const answer = await client.authenticatedRequest(world.url + PRODUCTS, {
    method: 'post',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(lamp('LAMP-1')),
  })
  assert.equal(answer.status, 201)
  const { items } = await client.call<{ items: { sku: string }[] }>('GET', PRODUCTS)
  assert.deepEqual(
    items.map(({ sku }) => sku),
    ['LAMP-1'],
  )
})

test('contract 31.2 request and call reach the API; a refusal is a typed problem', async () => {
  const { client } = await signedIn('cleo')
  const { id, version } = await client.call<{ id: string; version: number }>(
    'POST',
    PRODUCTS,
    lamp('LAMP-2'),
  )
  const one = `${PRODUCTS}/${id}`
  const change = { method: 'patch', body: '{"name":"Sun"}' }
  const headers = { 'content-type': 'application/json', 'if-match': `"${version}"` }
  assert.equal((await client.request(one, { ...change, headers })).status, 200)
  assert.equal((await client.request(one)).status, 200)
  await assert.rejects(client.call('POST', PRODUCTS, { sku: 'x' }), (error) => {
    assert.ok(error instanceof ProblemError)
    assert.equal(error.status, 422)
    assert.ok(error.details.some((detail) => detail.path === 'body/sku'))
    assert.match(error.requestId ?? '', /\S/)
    return error.message === error.detail
  })
  assert.equal(await client.call('DELETE', one), undefined)
  await assert.rejects(visitor().client.call('POST', PRODUCTS, lamp('LAMP-3')), { status: 401 })
})

test('contract 31.1 CSRF: a session renewed elsewhere costs one retry, and the write happens once', async () => {
  const { client, cookies } = await signedIn('dora')
  await client.me()
  const elsewhere = visitor(cookies).client
  assert.equal(await elsewhere.refreshSession(), true)
  const { id } = await client.call<{ id: string }>('POST', PRODUCTS, lamp('LAMP-4'))
  const { items } = await client.call<{ items: { id: string }[] }>('GET', PRODUCTS)
  assert.deepEqual(
    items.map((item) => item.id),
    [id],
  )
})

test('a request is not repeated for somebody else who signed in meanwhile', async () => {
  const { client, cookies } = await signedIn('emma')
  await client.me()
  const other = await signedIn('fay')
  cookies.set(COOKIE, other.cookies.get(COOKIE) ?? '')
  await assert.rejects(client.call('POST', PRODUCTS, lamp('LAMP-5')), { status: 403 })
  const { items } = await other.client.call<{ items: object[] }>('GET', PRODUCTS)
  assert.deepEqual(items, [])
})

test('contract 31.1 refresh: a new cookie, a new token; calls at the same time share one', async () => {
  const { client, cookies } = await signedIn('gwen')
  const before = await client.me()
  const former = cookies.get(COOKIE)
  assert.deepEqual(await Promise.all([client.refreshSession(), client.refreshSession()]), [
    true,
    true,
  ])
  assert.notEqual(cookies.get(COOKIE), former)
  const now = await client.me()
  assert.notEqual(now.csrf_token, before.csrf_token)
  await client.call('POST', PRODUCTS, lamp('LAMP-6'))
  const gone = visitor().client
  assert.equal(await gone.refreshSession(), false)
  await assert.rejects(gone.refresh(), { status: 401, code: 'auth.no_session' })
  const [session = '', elsewhere] = [cookies.get(COOKIE), visitor(cookies).client]
  await elsewhere.logout()
  cookies.set(COOKIE, session)
  while ((await client.me()).authenticated) await setTimeout(20)
  await assert.rejects(client.call('POST', PRODUCTS, lamp('LAMP-7')), { status: 401 })
})

test('contract 31.1 logout ends the session and the cookie; twice is no error', async () => {
  const { client, cookies } = await signedIn('hope')
  const session = cookies.get(COOKIE) ?? ''
  assert.equal((await client.logout()).message, 'Logged out')
  assert.equal(cookies.get(COOKIE), undefined)
  assert.equal((await client.me()).authenticated, false)
  cookies.set(COOKIE, session)
  assert.equal((await client.me()).authenticated, false)
  assert.match((await visitor().client.logout()).message, /\S/)
})

test('a sign-in that is too old for a change leads to signing in again', async () => {
  const { client } = await signedIn('jo')
  await client.me()
  world.clock.advance(16 * 60_000)
  const error = await client.call('DELETE', '/auth/sessions').catch((thrown: unknown) => thrown)
  const url = new URL(client.signInAgainUrl(error, '/sessions') ?? '')
  assert.deepEqual(
    [url.origin, url.pathname, url.searchParams.get('max_age'), url.searchParams.get('return_to')],
    [world.url, '/auth/web/login', '900', '/sessions'],
  )
  assert.equal(client.signInAgainUrl(new Error('x')), undefined)
  const refused = await client.call('POST', PRODUCTS, {}).catch((thrown: unknown) => thrown)
  assert.equal(client.signInAgainUrl(refused), undefined)
})

test('the CSRF token never goes to another origin', async () => {
  const { client } = await signedIn('iris')
  for (const foreign of ['https://evil.example/x', '//evil.example/x', 'http://localhost:1/x']) {
    await assert.rejects(client.request(foreign, { method: 'POST' }), /is not the service/)
  }
})

/** A service that only says what a test tells it. */
async function answering(
  answer: (request: IncomingMessage) => { status: number; body?: object | string } | undefined,
) {
  const heard: string[] = []
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`)
    const say = answer(request)
    if (say === undefined) return
    const { body = {} } = say
    const type = typeof body === 'string' ? 'text/html' : 'application/problem+json'
    response.writeHead(say.status, { 'content-type': type, 'retry-after': '7' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    heard,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const me = { authenticated: true, user: { id: 'u' }, csrf_token: 't' }
const stale = { status: 403, body: { detail: 'Invalid CSRF token' } }

test('the retry happens once, and never for a stream or another 403', async () => {
  await using service = await answering(({ url }) =>
    url === '/auth/web/me' ? { status: 200, body: me } : stale,
  )
  const client = new AuthClient(service.url)
  assert.equal((await client.request('/a', { method: 'PUT' })).status, 403)
  const asked = ['GET /auth/web/me', 'PUT /a', 'GET /auth/web/me', 'PUT /a']
  assert.deepEqual(service.heard.splice(0), asked)
  const stream: RequestInit & { duplex: string } = {
    method: 'PUT',
    body: new Blob(['x']).stream(),
    duplex: 'half',
  }
  assert.equal((await client.request('/a', stream)).status, 403)
  assert.deepEqual(service.heard.splice(0), ['GET /auth/web/me', 'PUT /a'])

  await using strict = await answering(({ url }) =>
    url === '/auth/web/me' ? { status: 200, body: me } : { status: 403, body: '<p>CSRF</p>' },
  )
  assert.equal((await new AuthClient(strict.url).request('/a', { method: 'DELETE' })).status, 403)
  assert.equal(strict.heard.length, 2)
})

test('what is not a problem document is still a typed error; a limit names its seconds', async () => {
  await using service = await answering(() => ({ status: 503, body: '<h1>Proxy</h1>' }))
  const client = new AuthClient(service.url)
  const wanted = { name: 'ProblemError', code: 'http.503', retryAfterSeconds: 7, details: [] }
  await assert.rejects(client.me(), wanted)
  assert.equal((await client.checkAuthState()).authenticated, false)
})

test('a service that is slow or away is told apart; an abort of the caller stays one', async () => {
  await using silent = await answering(() => undefined)
  const slow = new AuthClient(silent.url, { timeoutMs: 20 })
  await assert.rejects(
    slow.checkAuthState(),
    (error) => error instanceof UnreachableError && error.timedOut,
  )
  const away = new AuthClient('http://127.0.0.1:9')
  await assert.rejects(away.me(), (error) => error instanceof UnreachableError && !error.timedOut)
  const signal = AbortSignal.abort()
  await assert.rejects(away.request('/x', { signal }), { name: 'AbortError' })
})

test('an answer that breaks off, comes late or is not the service’s own is a typed error', async () => {
  const server = createServer((request, response) => {
    const type = request.url === '/portal' ? 'text/html' : 'application/json'
    response.writeHead(200, {
      'content-type': type,
      ...(type !== 'text/html' && { 'content-length': '9' }),
    })
    response.write('<')
    if (request.url === '/cut') response.socket?.destroySoon()
    if (request.url === '/portal') response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stalls = (error: unknown) => error instanceof UnreachableError && error.timedOut
  await assert.rejects(new AuthClient(url, { timeoutMs: 50 }).me(), stalls)
  await assert.rejects(new AuthClient(url, { timeoutMs: 50 }).checkAuthState(), stalls)
  const client = new AuthClient(url)
  const cut = (error: unknown) => error instanceof UnreachableError && !error.timedOut
  await assert.rejects(client.call('GET', '/cut'), cut)
  const foreign = { name: 'ProblemError', status: 200, code: 'http.200', message: /no JSON/ }
  await assert.rejects(client.call('GET', '/portal'), foreign)
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('the jar keeps, replaces and drops cookies as it is told', () => {
  const jar = new CookieJar()
  const lines = [
    'a=1; Path=/',
    'b=2; Max-Age=60',
    'c=3',
    'broken',
    'a=9=9; HttpOnly',
    'b=; Max-Age=0',
  ]
  jar.take(new Headers(lines.map((line): [string, string] => ['set-cookie', line])))
  assert.equal(jar.header(), 'a=9=9; c=3')
  jar.take(new Headers([['set-cookie', 'c=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT']]))
  assert.equal(jar.header(), 'a=9=9')
  assert.equal(new CookieJar().header(), undefined)
})
