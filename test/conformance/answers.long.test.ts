import assert from 'node:assert/strict'
import { url as inspectorUrl } from 'node:inspector'
import { after, before, test } from 'node:test'
import { open } from '../../packages/plinth/src/access/index.ts'
import { feature, route } from '../../packages/plinth/src/feature/index.ts'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import type { Said } from './answers.ts'
import { everyAnswer } from './answers.ts'
import { checksum } from './data.ts'
import { targetsOf } from './routes.ts'
import { send } from './send.ts'
import { openService } from './service.ts'
import type { Visitor } from './visitor.ts'
import { visit } from './visitor.ts'

const broken = route('GET /broken', {
  access: open('a test'),
  handle: () => {
    throw new Error('password=hunter2 at /srv/app/main.ts:1:1')
  },
})

let world: World
let ana: Visitor
let all: readonly Said[]

before(async () => {
  world = await openService({ more: [feature('broken', { routes: [broken] })] })
  all = await everyAnswer(world, await visit(world, 'ana'))
  // Signing out was among it.
  ana = await visit(world, 'ana')
})
after(() => world[Symbol.asyncDispose]())

const header = ({ headers }: Said, name: string): string => String(headers[name] ?? '')
const isShared = (headers: Said['headers']) =>
  !String(headers['cache-control'] ?? '').includes('no-store')
const isPage = (said: Said) => header(said, 'content-type').startsWith('text/html')
const pages = () => all.filter((said) => isPage(said))

function eachHas(name: string, pattern: RegExp, list = all): void {
  for (const said of list) {
    assert.match(header(said, name), pattern, `${said.what} → ${said.status} ${name}`)
  }
}

test('the answers that are looked at are of every kind', () => {
  const statuses = new Set(all.map(({ status }) => status))
  for (const status of [200, 204, 302, 400, 401, 403, 404, 405, 414, 415, 431, 500, 503]) {
    assert.ok(statuses.has(status), `none of ${status}: ${[...statuses]}`)
  }
  assert.ok(pages().length > 5)
})

test('v5.0.0-V3.4.1 transport security is announced for a year, on every answer', () =>
  eachHas('strict-transport-security', /^max-age=(3153[6-9]|[4-9]\d{4})\d{3}; includeSubDomains/))

test('v5.0.0-V3.4.4 no type is sniffed, on every answer', () =>
  eachHas('x-content-type-options', /^nosniff$/))

test('v5.0.0-V3.4.5 the Referer tells no path and no query, on every answer', () =>
  eachHas('referrer-policy', /^(no-referrer|strict-origin)$/))

test('v5.0.0-V3.4.6 no answer can be framed', () => {
  eachHas('content-security-policy', /frame-ancestors 'none'/)
  eachHas('x-frame-options', /^DENY$/)
})

test('v5.0.0-V3.4.3 pages allow no object, no base and nothing inline; other answers nothing at all', () => {
  for (const said of all) {
    const policy = header(said, 'content-security-policy')
    assert.match(policy, /default-src 'none'/, said.what)
    assert.doesNotMatch(policy, /unsafe|\*|https?:|strict-dynamic|blob:/, said.what)
    if (isPage(said)) assert.match(policy, /base-uri 'none'/, said.what)
  }
  const ours = pages().filter(({ what }) => !what.includes('/docs'))
  eachHas('content-security-policy', /object-src 'none'; form-action 'self'; base-uri 'none'/, ours)
  eachHas('content-security-policy', /script-src 'self' 'nonce-[\w+/=]{22,}'/, ours)
  const nonces = ours.map(
    (said) => /nonce-([^']+)/.exec(header(said, 'content-security-policy'))?.[1],
  )
  assert.equal(new Set(nonces).size, ours.length, 'a nonce came twice')
})

test('v5.0.0-V3.4.7 pages say where to report what their policy refused, and that address takes it', async () => {
  const ours = pages().filter(({ what }) => !what.includes('/docs'))
  eachHas('content-security-policy', /report-uri \/csp-reports; report-to csp$/, ours)
  eachHas('reporting-endpoints', /^csp="\/csp-reports"$/, ours)
  const report = { 'csp-report': { 'effective-directive': 'script-src', 'blocked-uri': 'inline' } }
  const body = JSON.stringify(report)
  const shape = { method: 'POST', headers: { 'content-type': 'application/csp-report' }, body }
  assert.equal((await send(world.url, '/csp-reports', shape)).status, 204)
  assert.ok(world.logged.some((line) => line.includes('a page broke its content policy')))
})

test('v5.0.0-V3.4.8 documents have their own browsing context', () =>
  eachHas('cross-origin-opener-policy', /^same-origin$/))

test('v5.0.0-V3.5.8 no answer can be loaded by another site', () =>
  eachHas('cross-origin-resource-policy', /^same-origin$/))

test('v5.0.0-V3.2.1 an answer of the API that is opened as a document or an image is inert', async () => {
  const { cookie = '', 'user-agent': agent = '' } = ana.headers
  for (const destination of ['document', 'image', 'script', 'style', 'object', 'iframe']) {
    for (const path of ['/api/v1/products', '/auth/web/me', '/openapi.json', '/nowhere']) {
      const headers = { cookie, 'user-agent': agent, 'sec-fetch-dest': destination }
      const { headers: got, status } = await send(world.url, path, { headers })
      assert.match(String(got['content-security-policy']), /; sandbox$/, `${path} ${status}`)
      assert.equal(got['x-content-type-options'], 'nosniff')
      assert.match(String(got['content-type']), /^application\/(problem\+)?json; charset=utf-8$/)
    }
  }
})

test('SB-12 nothing that sets or reads the session is kept by a cache', () => {
  const shared = all.filter(({ headers }) => isShared(headers))
  for (const said of shared) {
    assert.match(said.what, /(GET|HEAD) \/(assets\/|docs\/static\/|\.well-known\/)/, said.what)
    assert.equal(said.headers['set-cookie'], undefined)
  }
})

test('SB-12 whatever is said of a session names the cookie as what it differs by', () => {
  // What never became a request read no cookie.
  const read = all.filter(({ what, headers }) => !what.startsWith('raw') && !isShared(headers))
  assert.ok(read.length > 50)
  for (const said of read) assert.match(header(said, 'vary'), /\bCookie\b/, said.what)
})

test('SB-12 an answer that is only a 304 is kept and shared by no cache either', async () => {
  const { cookie = '', 'user-agent': agent = '' } = ana.headers
  const { body } = await ana.person.get<{ readonly user: { readonly id: string } }>('/auth/web/me')
  const path = `/api/v1/people/${body.user.id}`
  const mine = { cookie, 'user-agent': agent }
  const { headers } = await send(world.url, path, { headers: mine })
  const known = { ...mine, 'if-none-match': String(headers['etag']) }
  const again = await send(world.url, path, { headers: known })
  assert.equal(again.status, 304)
  assert.equal(again.headers['cache-control'], 'no-store')
  assert.match(String(again.headers['vary']), /\bCookie\b/)
})

const TEXTUAL = /^(text\/|application\/(.*\+)?json|application\/javascript|image\/svg)/

test('v5.0.0-V4.1.1 every answer with a body names its type, and its charset where it is text', () => {
  for (const said of all.filter(({ text }) => text !== '')) {
    const type = header(said, 'content-type')
    assert.notEqual(type, '', said.what)
    if (TEXTUAL.test(type)) assert.match(type, /charset=utf-8/i, `${said.what} ${type}`)
    if (said.text.startsWith('{')) assert.match(type, /json|yaml|text\/css/, `${said.what} ${type}`)
    if (/^<!doctype/i.test(said.text)) assert.match(type, /^text\/html/, said.what)
  }
})

test('v5.0.0-V4.2.2 every answer has the length that it states', () => {
  for (const said of all.filter(({ what }) => !what.startsWith('HEAD'))) {
    const stated = said.headers['content-length']
    if (stated === undefined) continue
    assert.equal(Buffer.byteLength(said.text), Number(stated), said.what)
    assert.equal(said.headers['transfer-encoding'], undefined, said.what)
  }
  for (const said of all.filter(({ what }) => what.startsWith('HEAD'))) assert.equal(said.text, '')
})

test('v5.0.0-V13.4.6 no answer tells a product, a version, a path or a stack', () => {
  for (const said of all) {
    for (const name of [
      'server',
      'x-powered-by',
      'via',
      'x-runtime',
      'x-version',
      'x-aspnet-version',
    ]) {
      assert.equal(said.headers[name], undefined, said.what)
    }
    if (said.status < 400) continue
    assert.doesNotMatch(
      said.text,
      /hunter2|\/srv\/|node_modules|node:internal|\bat .+:\d+:\d+/,
      said.what,
    )
    assert.doesNotMatch(said.text, /fastify|node\.js|postgres|plinth\//i, said.what)
  }
})

const HIDDEN = [
  '/.git/HEAD /.git/config /.env /.env.production /.npmrc /package.json',
  '/package-lock.json /node_modules/ /config.yaml /src/main.ts /main.ts',
  '/dist/main.js.map /assets/plinth.css.map /backup.bak /index.ts~ /.DS_Store',
  '/Dockerfile /logs/ /.plinth/manifest.json /migrations/ /server-status /debug',
  '/debug/pprof /__debug__ /actuator /json/version /phpinfo.php',
].flatMap((line) => line.split(' '))

test('v5.0.0-V13.4.3 no file of the deployment and no folder is served', async () => {
  for (const path of HIDDEN) assert.equal((await send(world.url, path)).status, 404, path)
  for (const folder of [
    '/assets/',
    '/assets',
    '/docs/static/',
    '/docs/static',
    '/auth/',
    '/api/',
    '/api/v1/',
  ]) {
    const answer = await send(world.url, folder, { headers: { accept: 'text/html' } })
    assert.ok([403, 404].includes(answer.status), `${folder} ${answer.status}`)
  }
})

test('v5.0.0-V13.4.2 production shows no stack, has no debug route, no documents and no inspector', async () => {
  await using other = await openService({
    more: [feature('broken', { routes: [broken] })],
    settings: {
      'app.environment': 'production',
      'telemetry.metrics_token': 'kT9mx2mQ4zLwPv7RbN3sYc8HfJ5dGa1E',
      'oidc.providers.keycloak.issuer': 'https://login.example/realm',
    },
  })
  for (const accept of ['application/json', 'text/html']) {
    const failed = await send(other.url, '/broken', { headers: { accept } })
    assert.equal(failed.status, 500)
    assert.doesNotMatch(failed.text, /hunter2|\/srv\/|\bat .+:\d+/)
  }
  for (const path of [...HIDDEN, '/docs', '/docs/json', '/openapi.json', '/auth/web/debug']) {
    assert.equal((await send(other.url, path)).status, 404, path)
  }
  assert.equal((await send(other.url, '/metrics')).status, 401)
  assert.equal(inspectorUrl(), undefined)
})

const CALLBACKS = ['callback', 'jsonp', 'cb', '_callback', 'jsonpcallback']

test('v5.0.0-V3.5.6 there is no JSONP: a callback is refused or changes nothing', async () => {
  const { cookie = '', 'user-agent': agent = '' } = ana.headers
  for (const { path } of targetsOf(world).filter(({ method }) => method === 'GET')) {
    for (const name of CALLBACKS) {
      const target = `${path}?${name}=stealit`
      const answer = await send(world.url, target, { headers: { cookie, 'user-agent': agent } })
      assert.doesNotMatch(answer.text, /^\s*(\/\*\*\/)?\s*stealit/, target)
      assert.doesNotMatch(answer.text, /stealit\(/, target)
      if (path.endsWith('.js') || path.startsWith('/docs/static')) continue
      assert.doesNotMatch(String(answer.headers['content-type']), /javascript|ecmascript/, target)
    }
  }
})

test('v5.0.0-V3.5.7 scripts are the same with and without a session', async () => {
  const { cookie = '', 'user-agent': agent = '' } = ana.headers
  const documents = await Promise.all(['/', '/docs', '/nowhere'].map((path) => page(path)))
  const found = documents.flatMap((text) => [...text.matchAll(/src="\.?(\/[^"]+\.js)"/g)])
  const scripts = new Set(
    found.map(([, url = '']) => (url.startsWith('/static') ? `/docs${url}` : url)),
  )
  assert.ok(scripts.size >= 2, [...scripts].join())
  for (const path of scripts) {
    const plain = await send(world.url, path)
    const mine = await send(world.url, path, { headers: { cookie, 'user-agent': agent } })
    assert.equal(plain.status, 200, path)
    assert.match(String(plain.headers['content-type']), /javascript/, path)
    assert.equal(mine.text, plain.text, path)
    assert.equal(mine.headers['set-cookie'], undefined)
  }
})

async function page(path: string): Promise<string> {
  const { cookie = '', 'user-agent': agent = '' } = ana.headers
  const headers = { cookie, 'user-agent': agent, accept: 'text/html' }
  return (await send(world.url, path, { headers })).text
}

test('SB-50 CS-28 v5.0.0-V3.5.3 safe methods change nothing, on any route, whatever they carry', async () => {
  const una = await visit(world, 'una')
  const isSignedIn = async () =>
    (await send(world.url, '/auth/web/me', { headers: una.headers })).text.includes('"una"')
  assert.equal(await isSignedIn(), true)
  const rows = await checksum(world)
  const body = JSON.stringify({ sku: 'FORGED-1', name: 'Forged', price: 1 })
  const override = { 'x-http-method-override': 'DELETE', 'x-method-override': 'POST' }
  for (const { path } of targetsOf(world).filter(({ url }) => url !== '/broken')) {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const headers = { ...una.headers, ...override, 'content-type': 'application/json' }
      const plain = await send(world.url, path, { method, headers: una.headers })
      const loaded = await send(world.url, `${path}?_method=DELETE`, { method, headers, body })
      for (const { status } of [plain, loaded]) assert.ok(status !== 500, `${method} ${path}`)
    }
  }
  assert.equal(await checksum(world), rows)
  assert.equal(await isSignedIn(), true)
})

test('SB-59 an API call of nobody is a 401 in JSON, never a redirect and never a page', async () => {
  const closed = targetsOf(world).filter((one) => !one.open && one.kind === 'api')
  assert.ok(closed.length >= 6)
  for (const { method, path } of closed) {
    for (const accept of [
      'application/json',
      'text/html',
      '*/*',
      'text/html,application/xhtml+xml',
    ]) {
      const answer = await send(world.url, path, { method, headers: { accept } })
      assert.deepEqual(
        [answer.status, answer.code],
        [401, 'access.not_signed_in'],
        `${method} ${path}`,
      )
      assert.equal(answer.headers['location'], undefined)
      assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
    }
  }
})

test('RP-85 SB-55 SB-56 SB-57 SB-58 there is no proxy route, and no issuer comes from a tenant: the census', () => {
  const census = world.service.census()
  for (const { method, url, facts } of census) {
    const anything = url.includes('*') && !url.startsWith('/docs/')
    assert.ok(!anything, `${method} ${url} takes any path`)
    assert.doesNotMatch(url, /proxy|upstream|forward|gateway|fetch|issuer|saml|idp/i)
    const takes = JSON.stringify(Object.keys(shapeOf(facts?.schemas.body)))
    assert.doesNotMatch(
      takes,
      /issuer|jwks|discovery|upstream|webhook/i,
      `${method} ${url} ${takes}`,
    )
  }
})

function shapeOf(schema: unknown): object {
  if (typeof schema !== 'object' || schema === null || !('shape' in schema)) return {}
  return typeof schema.shape === 'object' && schema.shape !== null ? schema.shape : {}
}
