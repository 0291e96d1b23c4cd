import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { open, permissions, signedIn } from '../access/index.ts'
import { feature, html, mount, page, route } from '../feature/index.ts'
import { problem } from '../kernel/index.ts'
import { openHttp } from '../testing/http-harness.ts'
import { sendRaw } from '../testing/raw-http.ts'
import { renderCensus } from './index.ts'

const may = permissions('stock', { read: 'See stock' })
const gone = problem('stock.gone', 409, 'The stock is gone.')

interface Told {
  readonly detail: string
  readonly details: readonly { readonly message: string }[]
}

const deep: FastifyPluginAsync = async (app) => {
  app.get('/deep', async () => 'deep')
}

const demo = feature('demo', {
  routes: [
    route('GET /open', {
      access: open('test'),
      query: { below: z.coerce.number().int().default(10) },
      returns: z.object({ below: z.number() }),
      handle: ({ query }) => ({ ...query, undeclared: 'secret' }),
    }),
    route('POST /echo', {
      access: open('test'),
      body: z.strictObject({ name: z.string().max(5) }),
      returns: z.object({ name: z.string() }),
      status: 201,
      handle: ({ body }) => body,
    }),
    route('GET /mine', { access: signedIn(), handle: () => undefined }),
    route('GET /stock', { access: may.read, handle: () => undefined }),
    route('GET /gone', {
      access: open('test'),
      raises: [gone],
      handle: () => {
        throw gone('private why')
      },
    }),
    route('GET /broken', {
      access: open('test'),
      handle: () => {
        throw new Error('password=hunter2')
      },
    }),
    page('/hello', { access: open('test'), title: 'Hello', render: () => html`<p>${'<b>'}</p>` }),
    mount('/foreign', { access: signedIn() }, async (app) => {
      app.get('/inner', async () => 'inner')
      await app.register(deep)
    }),
  ],
})

test('a route answers with its schema: defaults in, undeclared fields out', async () => {
  await using http = await openHttp([demo])
  const answer = await fetch(`${http.url}/open`)
  assert.deepEqual([answer.status, await answer.json()], [200, { below: 10 }])
  const slash = await fetch(`${http.url}/open/`, { redirect: 'manual' })
  assert.equal(slash.status, 200, 'D1 a trailing slash is no other address')
})

test('D3 a refusal says in plain words what is wrong', async () => {
  await using http = await openHttp([demo])
  const told = async (path: string, init: RequestInit = {}) => {
    const { detail, details } = (await (await fetch(http.url + path, init)).json()) as Told
    return details[0]?.message ?? detail
  }
  const headers = { 'content-type': 'application/json' }
  const echo = (body: string) => told('/echo', { method: 'POST', headers, body })
  assert.equal(await echo('{}'), 'This field is required.')
  assert.equal(await echo('{"name":1}'), 'Invalid input: expected string, received number')
  assert.equal(await told('/open?below=x'), 'Must be a number in plain digits, such as 10.')
  assert.match(await told('/open?below=%ff'), /a % that begins no character/)
  assert.match(await told(`/open?${'a&'.repeat(300)}`), /too many fields/)
  const twice = await sendRaw(
    http.port,
    'GET /open HTTP/1.1\r\nHost: x\r\nOrigin: a\r\nOrigin: b\r\nConnection: close\r\n\r\n',
  )
  assert.match(twice.text, /"detail":"The header origin was sent twice; send it once\."/)
})

test('S2 the line of a refusal says what was asked, and by whom, without the address as it was', async () => {
  await using http = await openHttp([demo])
  const headers = { 'x-request-id': 'asked-1', 'content-encoding': 'gzip' }
  await fetch(`${http.url}/echo?token=private`, { method: 'POST', headers, body: 'x' })
  const line = http.logged.find((each) => each.startsWith('request refused')) ?? ''
  assert.deepEqual(JSON.parse(line.slice('request refused '.length)), {
    request_id: 'asked-1',
    problem: 'http.media_type',
    reason: 'gzip',
    method: 'POST',
    path: '/echo',
    client_ip: '127.0.0.1',
  })
})

test('D2 every error has exactly the nine fields', async () => {
  await using http = await openHttp([demo])
  const fields = [
    'type',
    'title',
    'status',
    'detail',
    'instance',
    'code',
    'message',
    'details',
    'request_id',
  ]
  for (const path of ['/gone', '/broken', '/nowhere', '/mine', '/open?below=x']) {
    const answer = await fetch(http.url + path)
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
    const body = (await answer.json()) as Record<string, unknown>
    assert.deepEqual(Object.keys(body).sort(), [...fields].sort(), path)
    assert.equal(body['status'], answer.status)
    assert.equal(typeof body['detail'], 'string')
    assert.equal(body['request_id'], answer.headers.get('x-request-id'))
    assert.doesNotMatch(JSON.stringify(body), /hunter2|private why|stack/)
  }
})

test('D3 what misses the schema is 422 with field paths', async () => {
  await using http = await openHttp([demo])
  const send = (body: unknown) =>
    fetch(`${http.url}/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  assert.equal((await send({ name: 'abc' })).status, 201)
  const refused = await send({ name: 'too long', extra: 1 })
  const body = (await refused.json()) as { details: { path: string }[] }
  assert.equal(refused.status, 422)
  assert.deepEqual(body.details.map((detail) => detail.path).sort(), ['body/extra', 'body/name'])
})

test('nobody is 401 where someone is asked for, mounted plugins included', async () => {
  await using http = await openHttp([demo])
  for (const path of ['/mine', '/stock', '/foreign/inner', '/foreign/deep']) {
    assert.equal((await fetch(http.url + path)).status, 401, path)
  }
})

test('no plugin comes before the guard, not even one that breaks out of its scope', async () => {
  const seen: string[] = []
  const eager: FastifyPluginAsync = async (app) => {
    app.addHook('onRequest', async ({ url }) => void seen.push(url))
    app.addHook('preParsing', async ({ url }) => void seen.push(url))
  }
  const brokenOut = Object.assign(eager.bind(undefined), { [Symbol.for('skip-override')]: true })
  const guarded = feature('guarded', {
    routes: [
      mount('/eager', { access: signedIn() }, async (app) => {
        await app.register(brokenOut)
        app.get('/inner', async () => 'inner')
      }),
      mount('/public', { access: open('test') }, brokenOut),
      mount('/public-inner', { access: open('test') }, async (app) => {
        await app.register(brokenOut)
        app.get('/inner', async () => 'inner')
      }),
    ],
  })
  await using http = await openHttp([guarded, demo])
  for (const path of ['/eager/inner', '/mine', '/foreign/inner'])
    assert.equal((await fetch(http.url + path)).status, 401, path)
  const bad = await fetch(`${http.url}/public-inner/inner`, {
    headers: { 'content-encoding': 'x' },
  })
  assert.equal(bad.status, 415)
  assert.deepEqual(seen, [])
  assert.equal((await fetch(`${http.url}/public-inner/inner`)).status, 200)
  assert.deepEqual(seen, ['/public-inner/inner', '/public-inner/inner'])
})

test('a route without access does not register', async () => {
  const bare = feature('bare', {
    routes: [{ method: 'GET', url: '/oops', handler: async () => 'x' }],
  })
  await assert.rejects(openHttp([bare]), /GET \/oops declares no access/)
})

test('the census lists every route with its rule', async () => {
  await using http = await openHttp([demo])
  const census = renderCensus(http.census)
  assert.match(census, /GET {5}\/stock +stock:read\n/)
  assert.match(census, /GET {5}\/foreign\/deep +signed in\n/)
  assert.match(census, /POST {4}\/echo +public \(test\)\n/)
  assert.doesNotMatch(census, /HEAD/)
})

test('contract 22 security headers stand on every answer', async () => {
  await using http = await openHttp([demo])
  for (const path of ['/open', '/gone', '/nowhere', '/hello']) {
    const { headers } = await fetch(http.url + path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
    assert.equal(headers.get('x-frame-options'), 'DENY', path)
    assert.equal(headers.get('cache-control'), 'no-store', path)
    assert.match(headers.get('vary') ?? '', /Cookie/, path)
    assert.equal(headers.get('referrer-policy'), 'strict-origin', path)
    assert.equal(
      headers.get('permissions-policy'),
      'geolocation=(), microphone=(), camera=()',
      path,
    )
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', path)
    assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', path)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/, path)
    assert.match(policy, /frame-ancestors 'none'/, path)
    assert.doesNotMatch(policy, /unsafe/, path)
    assert.equal(headers.get('strict-transport-security'), null, path)
  }
  await using secure = await openHttp([demo], { baseUrl: 'https://app.example' })
  const { headers } = await fetch(`${secure.url}/open`)
  assert.match(headers.get('strict-transport-security') ?? '', /max-age=31536000/)
})

test('a page is HTML with a fresh nonce and escaped values', async () => {
  await using http = await openHttp([demo])
  const [first, second] = [await fetch(`${http.url}/hello`), await fetch(`${http.url}/hello`)]
  assert.match(first.headers.get('content-type') ?? '', /^text\/html/)
  assert.match(await first.text(), /<p>&lt;b&gt;<\/p>/)
  const nonce = (answer: Response) =>
    /nonce-([^']+)/.exec(answer.headers.get('content-security-policy') ?? '')?.[1]
  assert.ok(nonce(first))
  assert.notEqual(nonce(first), nonce(second))
})

test('D2 a form that no script sent gets a page for its refusal, a script gets JSON', async () => {
  await using http = await openHttp([demo])
  const type = async (accept: string, mode: string) => {
    const lines = ['POST /echo HTTP/1.1', 'Host: x', 'Connection: close', 'Content-Length: 8']
    const sent = [`Accept: ${accept}`, `Sec-Fetch-Mode: ${mode}`]
    const form = 'Content-Type: application/x-www-form-urlencoded\r\n\r\nname=ana'
    const { status, text } = await sendRaw(http.port, [...lines, ...sent, form].join('\r\n'))
    assert.equal(status, 415)
    return /^content-type: ([^;\r]+)/im.exec(text)?.[1]
  }
  assert.equal(await type('text/html,*/*', 'navigate'), 'text/html')
  assert.equal(await type('text/html,*/*', 'cors'), 'application/problem+json')
  assert.equal(await type('*/*', 'navigate'), 'application/problem+json')
})

test('a 500 is logged with its cause and tells the caller nothing', async () => {
  await using http = await openHttp([demo])
  const answer = await fetch(`${http.url}/broken`)
  assert.equal(answer.status, 500)
  assert.equal(http.logged.length, 1)
  assert.match(http.logged[0] ?? '', /http\.internal/)
})
