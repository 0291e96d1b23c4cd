import assert from 'node:assert/strict'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { z } from 'zod'
import { signedIn } from '../../../access/index.ts'
import { feature, route } from '../../../feature/index.ts'
import type { World } from '../../../testing/index.ts'
import { createTestClock, startWorld } from '../../../testing/index.ts'

const clock = createTestClock()
const now = () => Math.floor(clock.now() / 1_000)
const asked: { authorization: string | undefined; form: URLSearchParams }[] = []
let answer: (token: string) => { status?: number; body: unknown }
let server: Server
let issuer: string
let world: World
before(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const form = new URLSearchParams(body)
    asked.push({ authorization: request.headers.authorization, form })
    const said = answer(form.get('token') ?? '')
    response.writeHead(said.status ?? 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(said.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  world = await startWorld({
    features: [
      feature('who', {
        routes: [
          route('GET /who', {
            access: signedIn(),
            returns: z.object({ person: z.string() }),
            handle: ({ principal }) => ({ person: principal.person }),
          }),
        ],
      }),
    ],
    clock,
    settings: {
      'jwt.issuers.opaque.issuer': issuer,
      'jwt.issuers.opaque.introspection.endpoint': `${issuer}/introspect`,
      'jwt.issuers.opaque.introspection.client_id': 'our api',
      'jwt.issuers.opaque.introspection.client_secret': 'kT9:%+x2mQ4zLw',
      'jwt.issuers.opaque.introspection.cache_seconds': 20,
    },
  })
})
after(async () => {
  await world?.[Symbol.asyncDispose]()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})
beforeEach(() => {
  asked.length = 0
  answer = (token) => ({ body: active(token) })
})

/** A good answer; who it is about goes by the token. */
const active = (token: string, more: object = {}) => ({
  active: true,
  sub: `owner of ${token}`,
  aud: 'api://default',
  exp: now() + 300,
  scope: 'openid',
  ...more,
})
const who = (token: string) => world.visitor().get('/who', { authorization: `Bearer ${token}` })

test('a token that is no JWT is asked about at its issuer, once for any number of requests at once', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => who('opaque-1')))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  assert.equal(new Set(answers.map(({ body }) => body['person'])).size, 1)
  assert.equal(asked.length, 1)
  const basic = Buffer.from(asked[0]?.authorization?.slice(6) ?? '', 'base64').toString()
  assert.equal(basic, 'our+api:kT9%3A%25%2Bx2mQ4zLw')
  assert.equal(asked[0]?.form.get('token'), 'opaque-1')
})

test('JW-58 each token has an answer of its own', async () => {
  const [one, other] = [await who('opaque-a'), await who('opaque-b')]
  assert.notEqual(one.body['person'], other.body['person'])
  assert.equal(asked.length, 2)
})

test('JW-59 an answer counts for cache_seconds, and never past the end of the token', async () => {
  assert.equal((await who('lasting')).status, 200)
  answer = () => ({ body: { active: false } })
  assert.equal((await who('lasting')).status, 200)
  clock.advance(21_000)
  assert.equal((await who('lasting')).status, 401)
  answer = (token) => ({ body: active(token, { exp: now() + 5 }) })
  assert.equal((await who('short')).status, 200)
  answer = () => ({ body: { active: false } })
  clock.advance(6_000)
  assert.equal((await who('short')).status, 401, 'no leeway makes an answer last longer')
})

test('what an issuer says of a token is held against the rules of a signed one', async () => {
  const spoiled = [
    { aud: 'somebody-else' },
    { aud: undefined },
    { exp: undefined },
    { exp: now() - 600 },
    { sub: undefined },
    { sub: '' },
    { iss: 'https://other.example' },
    { active: 'true' },
    { nbf: now() + 600 },
    { token_use: 'id' },
  ]
  for (const [at, more] of spoiled.entries()) {
    answer = (token) => ({ body: active(token, more) })
    assert.equal((await who(`spoiled-${at}`)).status, 401, JSON.stringify(more))
  }
})

test('an issuer that cannot be asked is a 503, and is asked again by the next request', async () => {
  const broken = [{ status: 500, body: {} }, { body: [] }, { body: 'text' }]
  for (const [at, said] of broken.entries()) {
    answer = () => said
    const refused = await who(`broken-${at}`)
    assert.deepEqual([refused.status, refused.body['code']], [503, 'auth.provider_unavailable'])
    assert.equal(refused.headers.get('retry-after'), '10')
    answer = (token) => ({ body: active(token) })
    assert.equal((await who(`broken-${at}`)).status, 200)
  }
})

test('a token of more characters than any issuer makes is not asked about', async () => {
  assert.equal((await who('x'.repeat(5_000))).status, 401)
  assert.equal(asked.length, 0)
})
