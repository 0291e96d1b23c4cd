import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { sendRaw } from '../../packages/plinth/src/testing/raw-http.ts'
import { checksum } from './data.ts'
import { targetsOf, unsafeTargets } from './routes.ts'
import type { Reply } from './send.ts'
import { send } from './send.ts'
import { OWN, openService } from './service.ts'
import { rawTargetsOf, spellingsOf } from './spellings.ts'
import type { Visitor } from './visitor.ts'
import { visit } from './visitor.ts'

let world: World
let ana: Visitor
let stranger: Visitor
let mine: Readonly<Record<string, string>>

before(async () => {
  world = await openService()
  ana = await visit(world, 'ana')
  // Signed in, member of the tenant, and allowed nothing.
  stranger = await visit(world, 'stan', { can: [] })
  mine = cookieOf(ana)
})
after(() => world[Symbol.asyncDispose]())

function cookieOf({ headers }: Visitor): Readonly<Record<string, string>> {
  return { cookie: headers['cookie'] ?? '', 'user-agent': headers['user-agent'] ?? '' }
}

const LIST = '/api/v1/products'
const REFUSED = [400, 401, 403, 404, 405, 414, 415, 422]
/** Nobody's request is refused before its fields are looked at. */
const REFUSED_TO_NOBODY = [400, 401, 404, 405, 414]

test('SB-51 every spelling of a path gets one decision: nobody is let in, nothing is changed', async () => {
  const rows = await checksum(world)
  for (const target of [LIST, '/auth/web/refresh'].flatMap(spellingsOf)) {
    const [read, written, forged, erased] = await Promise.all([
      send(world.url, target),
      send(world.url, target, { method: 'POST' }),
      send(world.url, target, { method: 'POST', headers: mine }),
      send(world.url, target, { method: 'DELETE', headers: mine }),
    ])
    const isRefused = REFUSED_TO_NOBODY.includes(read.status)
    assert.ok(isRefused || isPublic(target), `${target} → ${read.status}`)
    for (const { status } of [written, forged, erased]) {
      assert.ok(REFUSED.includes(status), `${target} → ${status}`)
    }
  }
  assert.equal(await checksum(world), rows)
})

/** Spellings that are, read plainly, one of the public addresses. */
function isPublic(target: string): boolean {
  return /^\/(health|docs\/static)/.test(target) || /^\/(#|\?|$)/.test(target)
}

test('SB-51 whoever lacks the permission is refused under every spelling that finds the route', async () => {
  const forbidden = cookieOf(stranger)
  for (const target of spellingsOf(LIST)) {
    const [allowed, refused] = await Promise.all([
      send(world.url, target, { headers: mine }),
      send(world.url, target, { headers: forbidden }),
    ])
    const found = allowed.text.startsWith('{"items"')
    if (found)
      assert.deepEqual([refused.status, refused.code], [403, 'access.not_permitted'], target)
    else assert.doesNotMatch(refused.text, /"items"/, target)
  }
})

test('SB-51 a target in absolute form, with raw controls or with another shape is refused', async () => {
  for (const target of rawTargetsOf(LIST)) {
    for (const version of ['1.1', '1.0']) {
      const head = `GET ${target} HTTP/${version}\r\nHost: app.example\r\nCookie: ${mine['cookie']}`
      const answer = await raw(`${head}\r\nUser-Agent: ${mine['user-agent']}`)
      assert.ok([400, 404].includes(answer.status), `${version} ${target} → ${answer.text}`)
      assert.doesNotMatch(answer.text, /"items"/, target)
    }
  }
})

/** The server closes at once; a slow machine, later. */
const PATIENT = { patienceMs: 60_000 }

function raw(head: string, body = '') {
  const bytes = `${head}\r\nConnection: close\r\n\r\n${body}`
  return sendRaw(Number(new URL(world.url).port), bytes, PATIENT)
}

test('CS-22 HTTP/1.0 without Host, Origin and Referer gets the same decisions', async () => {
  const rows = await checksum(world)
  const agent = `User-Agent: ${mine['user-agent']}\r\nCookie: ${mine['cookie']}`
  for (const { method, path } of unsafeTargets(world)) {
    for (const more of [
      '',
      `X-CSRF-Token: ${ana.csrf}`,
      `Host: app.example\r\nX-CSRF-Token: ${ana.csrf}`,
    ]) {
      const lines = [agent, 'Content-Length: 0', more].filter(Boolean).join('\r\n')
      const answer = await raw(`${method} ${path} HTTP/1.0\r\n${lines}`)
      assert.equal(answer.status, 403, `${method} ${path} ${answer.text}`)
    }
  }
  assert.equal(await checksum(world), rows)
  assert.equal((await raw('GET /health HTTP/1.0')).status, 200, 'an old load balancer is served')
})

test('CS-11 SB-44 a token or an origin in a trailer counts nothing', async () => {
  const head = [
    'POST /api/v1/products HTTP/1.1',
    'Host: app.example',
    `Cookie: ${mine['cookie']}`,
    `User-Agent: ${mine['user-agent']}`,
    'Content-Type: application/json',
    'Transfer-Encoding: chunked',
    'Trailer: X-CSRF-Token, Origin',
  ].join('\r\n')
  const trailer = `0\r\nX-CSRF-Token: ${ana.csrf}\r\nOrigin: ${OWN}\r\n\r\n`
  for (const more of ['', `\r\nOrigin: ${OWN}`, `\r\nX-CSRF-Token: ${ana.csrf}`]) {
    assert.equal((await raw(head + more, trailer)).status, 403)
  }
})

test('CS-29 junk headers cannot push Origin or token out: the request is refused', async () => {
  for (const count of [150, 195, 250, 990, 1_000, 1_500]) {
    const junk = Array.from({ length: count }, (_, at) => `a${at}: 1`).join('\r\n')
    const good = Object.entries(ana.headers).map(([name, value]) => `${name}: ${value}`)
    const evil = good.filter((line) => !line.startsWith('origin'))
    const head = 'POST /auth/web/refresh HTTP/1.1\r\nHost: app.example\r\nContent-Length: 0'
    const answer = await raw(
      `${head}\r\n${junk}\r\n${evil.join('\r\n')}\r\nOrigin: https://evil.test`,
    )
    assert.ok([403, 431].includes(answer.status), `${count} → ${answer.status}`)
    if (count > 200) assert.equal(answer.status, 431)
  }
})

const CHECKERS = [
  'GoogleHC/1.0',
  'ELB-HealthChecker/2.0',
  'kube-probe/1.33',
  'Prometheus/3.0',
  'Amazon-Route53-Health-Check-Service',
  'Consul Health Check',
  'curl/8.0 health',
]

test('SB-52 a health checker, or a path that looks like a probe, gets no bypass', async () => {
  const rows = await checksum(world)
  for (const agent of CHECKERS) {
    const headers = { 'user-agent': agent, 'x-health-check': '1', 'x-amzn-trace-id': 'x' }
    assert.equal((await send(world.url, LIST, { headers })).status, 401, agent)
    for (const { method, path } of unsafeTargets(world)) {
      const answer = await send(world.url, path, { method, headers: { ...mine, ...headers } })
      assert.equal(answer.status, 403, `${agent} ${method} ${path}`)
    }
  }
  const like = [`${LIST}?/health`, `${LIST}?health=1`, `${LIST}/health`, `${LIST};/health/live`]
  for (const path of [
    ...like,
    `/health/..${LIST}`,
    `/health${LIST}`,
    '/health/live/x',
    '/health/x',
  ]) {
    assert.ok([401, 404].includes((await send(world.url, path)).status), path)
  }
  assert.equal(await checksum(world), rows)
})

const REWRITES = [
  'x-original-url x-rewrite-url x-forwarded-uri x-forwarded-path x-forwarded-prefix',
  'x-envoy-original-path x-original-uri x-override-url x-waws-unencoded-url',
].flatMap((line) => line.split(' '))
const METHODS = [
  'x-http-method x-http-method-override x-method-override x-original-method',
  'x-forwarded-method _method',
].flatMap((line) => line.split(' '))

test('SB-53 v5.0.0-V4.1.3 no header chooses another route or method', async () => {
  const forged = {
    ...Object.fromEntries(REWRITES.map((name) => [name, '/health'])),
    ...Object.fromEntries(METHODS.map((name) => [name, 'GET'])),
  }
  assert.equal((await send(world.url, LIST, { headers: forged })).status, 401)
  const inward = {
    ...Object.fromEntries(REWRITES.map((name) => [name, LIST])),
    ...Object.fromEntries(METHODS.map((name) => [name, 'DELETE'])),
  }
  const answer = await send(world.url, '/health', { headers: { ...mine, ...inward } })
  assert.deepEqual([answer.status, answer.text], [200, '{"status":"ok"}'])
  for (const { method, path } of unsafeTargets(world)) {
    const headers = { ...mine, ...forged }
    assert.equal((await send(world.url, path, { method, headers })).status, 403, path)
  }
})

// What proxies and gateways say of a person. None of it is a credential here.
const CLAIMS = [
  'x-forwarded-user x-forwarded-email x-forwarded-groups',
  'x-forwarded-preferred-username x-remote-user remote-user x-user x-user-id x-userid',
  'x-username x-email x-roles x-role x-scopes x-permissions x-auth-request-user',
  'x-auth-request-email x-authenticated-user x-webauth-user x-ms-client-principal',
  'x-ms-client-principal-id x-goog-authenticated-user-email x-goog-iap-jwt-assertion',
  'cf-access-jwt-assertion x-amzn-oidc-identity x-amzn-oidc-data x-ssl-client-verify',
  'x-client-cert x-session-id x-access-token proxy-authorization x-authorization',
  'authentication',
].flatMap((line) => line.split(' '))

test('SB-54 v5.0.0-V4.1.3 what a proxy might say of a person is no credential, in any spelling', async () => {
  for (const name of CLAIMS) {
    const spellings = [
      name,
      name.toUpperCase(),
      name.replaceAll('-', '_'),
      name.replaceAll('-', '.'),
    ]
    for (const spelled of spellings) {
      const headers = { [spelled]: 'ana@example.com' }
      assert.equal((await send(world.url, LIST, { headers })).status, 401, spelled)
    }
  }
  for (const name of [
    'X_Api_Key',
    'Authorization_',
    'Cookie_',
    '_cookie',
    'X_CSRF_Token',
    'Cookie2',
  ]) {
    const headers = { [name]: mine['cookie'] ?? '' }
    assert.equal((await send(world.url, LIST, { headers })).status, 401, name)
  }
})

test('SB-54 v5.0.0-V4.1.3 a claim beside a session changes neither person nor tenant nor rights', async () => {
  const me = await send(world.url, '/auth/web/me', { headers: mine })
  const claims = Object.fromEntries(CLAIMS.map((name) => [name.replaceAll('-', '_'), 'root']))
  const forwarded = {
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': 'evil.test',
    'x-forwarded-proto': 'http',
    forwarded: 'for=127.0.0.1;host=evil.test;proto=http',
    'x-real-ip': '127.0.0.1',
    X_Tenant_ID: 'evil',
  }
  const { authorization: _, ...rest } = claims
  const claimed = await send(world.url, '/auth/web/me', {
    headers: { ...mine, ...rest, ...forwarded },
  })
  assert.deepEqual([claimed.status, claimed.text], [me.status, me.text])
  const forbidden = await send(world.url, LIST, { headers: { ...cookieOf(stranger), ...rest } })
  assert.equal(forbidden.status, 403)
})

test('SB-54 a Connection header cannot take a credential or the guard’s headers away', async () => {
  const rows = await checksum(world)
  const lines = Object.entries({ ...ana.headers, origin: 'https://evil.test' })
  const sent = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')
  const answer = await sendRaw(
    Number(new URL(world.url).port),
    `POST /auth/web/logout HTTP/1.1\r\nHost: app.example\r\n${sent}\r\nContent-Length: 0\r\nConnection: close, origin, cookie, x-csrf-token, authorization\r\n\r\n`,
    PATIENT,
  )
  assert.equal(answer.status, 403)
  assert.equal(await checksum(world), rows)
  const listing = async (more: string) => {
    const head = `GET ${LIST} HTTP/1.1\r\nHost: app.example\r\nCookie: ${mine['cookie']}`
    const agent = `User-Agent: ${mine['user-agent']}\r\nConnection: close, cookie, authorization`
    const { port } = new URL(world.url)
    return sendRaw(Number(port), `${head}\r\n${agent}\r\n${more}\r\n`, PATIENT)
  }
  assert.equal((await listing('')).status, 200, 'the session is still seen')
  assert.equal((await listing('Authorization: Bearer x\r\n')).status, 400, 'and so are two at once')
})

test('SB-54 identity headers that come twice are refused', async () => {
  const twice: Readonly<Record<string, readonly string[]>> = {
    authorization: ['Bearer a', 'Bearer b'],
    'x-api-key': ['a', 'b'],
    host: ['app.example', 'evil.test'],
    origin: [OWN, OWN],
    'x-tenant-id': ['acme', 'evil'],
  }
  for (const [name, [first = '', second = '']] of Object.entries(twice)) {
    const host = name === 'host' ? '' : 'Host: app.example\r\n'
    const answer = await raw(
      `GET ${LIST} HTTP/1.1\r\n${host}${name}: ${first}\r\n${name}: ${second}`,
    )
    assert.equal(answer.status, 400, name)
  }
})

test('XF-13 v5.0.0-V4.1.3 a forwarded host or scheme changes no link, cookie, redirect or header', async () => {
  const forged = { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'http', host: 'evil.test' }
  for (const path of [
    '/',
    '/nowhere',
    '/auth/web/me',
    '/openapi.json',
    '/docs',
    '/auth/web/callback',
  ]) {
    for (const accept of ['text/html', 'application/json']) {
      const answer = await send(world.url, path, { headers: { accept, ...forged } })
      const said = JSON.stringify(answer.headers) + answer.text
      assert.doesNotMatch(said, /evil\.test/, path)
      assert.match(String(answer.headers['strict-transport-security']), /max-age/, path)
    }
  }
})

const ALL = [
  'GET HEAD POST PUT PATCH DELETE TRACE PROPFIND SEARCH LOCK PURGE QUERY M-SEARCH LINK',
].flatMap((line) => line.split(' '))

/** Whether a path is one of a template's. */
const fits = (template: string, path: string) =>
  new RegExp(`^${template.replaceAll(/:\w+/g, '[^/]+').replace('*', '.*')}$`).test(path)

test('v5.0.0-V4.1.4 a method that a route does not declare is a 405 that names the right ones', async () => {
  const rows = await checksum(world)
  const served = Map.groupBy(targetsOf(world), ({ url }) => url)
  for (const [url, targets] of served) {
    const [target] = targets
    const declared: string[] = targets.map(({ method }) => method)
    // Of `/products/bulk` the route of `/products/:id` declares what is not its own.
    const elsewhere = [...served].flatMap(([other, routes]) =>
      other !== url && fits(other, target?.path ?? '') ? routes.map(({ method }) => method) : [],
    )
    const others = ALL.filter((method) => ![...declared, ...elsewhere, 'HEAD'].includes(method))
    for (const method of others) {
      const answer = await send(world.url, target?.path ?? '', { method, headers: mine })
      assert.deepEqual([answer.status, answer.text === ''], [405, false], `${method} ${url}`)
      const allowed = String(answer.headers['allow']).split(', ')
      for (const name of declared) assert.ok(allowed.includes(name), `${url} ${allowed}`)
      assert.ok(!allowed.includes(method), `${method} ${url}`)
    }
  }
  assert.equal(await checksum(world), rows)
})

test('v5.0.0-V4.1.4 v5.0.0-V13.4.4 TRACE and CONNECT are refused and echo nothing', async () => {
  for (const target of ['/', '/health', LIST, '/nowhere', '*']) {
    const answer = await raw(
      `TRACE ${target} HTTP/1.1\r\nHost: x\r\nX-Secret: hunter2\r\nMax-Forwards: 0`,
    )
    assert.ok([400, 405].includes(answer.status), `${target} ${answer.status}`)
    assert.doesNotMatch(answer.text, /hunter2|message\/http/)
  }
  const connect = await raw('CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443')
  assert.ok([0, 400, 405].includes(connect.status))
})

test('v5.0.0-V4.1.4 HEAD where a sign-in would begin or end is refused too', async () => {
  const allowed = {
    '/auth/web/login': 'GET, OPTIONS, POST',
    '/auth/web/callback?state=x': 'GET, OPTIONS',
  }
  for (const [path, allow] of Object.entries(allowed)) {
    const answer: Reply = await send(world.url, path, { method: 'HEAD' })
    assert.deepEqual([answer.status, answer.headers['allow']], [405, allow], path)
    assert.equal(answer.headers['set-cookie'], undefined)
  }
})
