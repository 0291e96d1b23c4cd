import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { open } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import { openHttp } from '../../testing/http-harness.ts'
import { jwtSettings, verifyAccessToken } from '../index.ts'
import {
  clock,
  good,
  KEYCLOAK,
  kid,
  network,
  OTHER,
  plain,
  verdict,
  verify,
} from './access-token.fixture.ts'
import type { Json } from './forge.fixture.ts'
import {
  client,
  forge,
  forgedNetwork,
  forgedProviders,
  keys,
  NOW,
  publicJwk,
  rsaSigner,
} from './forge.fixture.ts'

const attacker = rsaSigner(keys.otherRsa)
const attackerJwk = publicJwk(keys.otherRsa, { kid: 'x' })

test('JW-30 v5.0.0-V10.3.1 a Keycloak access token: aud [api://default, account], azp our client', async () => {
  const { claims, ...token } = await verify(forge(good, { alg: 'RS256', typ: 'JWT', kid }), {
    claims: { roles: 'realm_access.roles' },
  })
  assert.deepEqual(claims, good)
  assert.deepEqual(token, {
    provider: 'keycloak',
    issuer: KEYCLOAK,
    subject: good['sub'],
    scopes: ['openid', 'email', 'profile'],
    roles: ['offline_access', 'editor'],
    expiresAt: (NOW + 300) * 1_000,
  })
})

test('8.1 jwt.claims says where the subject, the roles, the groups and the scopes of a token are', async () => {
  const elsewhere = { oid: 'user-7', rights: 'read write', teams: { all: ['b'] }, posts: ['a'] }
  const usual = { scope: 'usual', roles: ['usual'], groups: ['usual'] }
  const text = forge({ ...plain, ...usual, ...elsewhere }, { alg: 'RS256', kid })
  const claims = { user_id: 'oid', scope: 'rights', roles: 'posts', groups: 'teams.all' }
  const { subject, scopes, roles } = await verify(text, { claims })
  assert.deepEqual([subject, scopes, roles], ['user-7', ['read', 'write'], ['a', 'b']])
})

test('JW-04 no setting lets a shared secret verify a token', () => {
  for (const symmetric of ['HS256', 'HS512', 'none']) {
    assert.equal(jwtSettings.safeParse({ allowed_algorithms: [symmetric] }).success, false)
  }
})

test('JW-16 v5.0.0-V9.1.3 addresses of keys in a header are not fetched', async () => {
  let hits = 0
  const canary = createServer((_, response) => {
    hits += 1
    response.end(JSON.stringify({ keys: [attackerJwk] }))
  })
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/jwks`
  const asked = network.asked.length
  for (const name of ['jku', 'x5u']) {
    const text = forge(plain, { alg: 'RS256', kid, [name]: url }, attacker)
    assert.equal(await verdict(verify(text)), 'signature')
  }
  assert.deepEqual([hits, network.asked.length - asked], [0, 0])
  await new Promise((resolve) => canary.close(resolve))
})

test('JW-27 JW-28 v5.0.0-V9.1.3 only the keys of the named issuer count, and an unknown issuer has none', async () => {
  const byOther = forge({ ...plain, iss: OTHER }, { alg: 'RS256', kid: 'o1' }, attacker)
  assert.equal((await verify(byOther)).provider, 'other')
  const mixed = forge(plain, { alg: 'RS256', kid: 'o1' }, attacker)
  assert.equal(await verdict(verify(mixed)), 'key')
  const unnamed = forge(plain, { alg: 'RS256' }, attacker)
  assert.equal(await verdict(verify(unnamed)), 'signature')
  const asked = network.asked.length
  const unknown = forge({ ...plain, iss: 'https://unknown.example' }, { alg: 'RS256', kid })
  assert.equal(await verdict(verify(unknown)), 'key')
  assert.equal(network.asked.length, asked)
})

test('v5.0.0-V9.1.1 a token of which any part was changed is refused', async () => {
  const text = forge(plain, { alg: 'RS256', kid })
  const other = forge({ ...plain, sub: 'admin' }, { alg: 'RS256', kid, typ: 'JWT' })
  const [[header, claims, signature], [otherHeader, otherClaims]] = [text, other].map((one) =>
    one.split('.'),
  ) as [string[], string[]]
  assert.equal(await verdict(verify(text)), 'accepted')
  assert.equal(await verdict(verify(`${header}.${otherClaims}.${signature}`)), 'signature')
  assert.equal(await verdict(verify(`${otherHeader}.${claims}.${signature}`)), 'signature')
  const changed = Buffer.from(signature ?? '', 'base64url')
  changed[0] = (changed[0] ?? 0) ^ 1
  assert.equal(
    await verdict(verify(`${header}.${claims}.${changed.toString('base64url')}`)),
    'signature',
  )
})

test('an issuer whose keys cannot be had is a 503, not a refused token', async () => {
  const own = forgedProviders(forgedNetwork(), clock, { providers: { keycloak: client(KEYCLOAK) } })
  const deps = { clock, settings: jwtSettings.parse({}), providers: own }
  await assert.rejects(
    verifyAccessToken(deps, forge(plain, { alg: 'RS256', kid })),
    ({ code, status, retryAfterSeconds }) =>
      code === 'auth.provider_unavailable' && status === 503 && retryAfterSeconds === 10,
  )
})

test('JW-60 every refusal is the same 401 and shows nothing of the token', async () => {
  const check = route('GET /check', {
    access: open('a test of access tokens'),
    tenant: 'none',
    raises: [],
    otherQueryIgnored: true,
    handle: async ({ request }) => {
      await verify(String(request.headers['x-token']))
    },
  })
  await using http = await openHttp([feature('check', { routes: [check] })])
  const header = { alg: 'RS256', kid }
  const texts = [
    'nonsense',
    forge(plain, { ...header, alg: 'none' }),
    forge(plain, { ...header, kid: 'gone' }),
    forge(plain, header, attacker),
    forge({ ...plain, iss: 'https://unknown.example' }, header),
    forge({ ...plain, aud: 'other' }, header),
    forge({ ...plain, iat: NOW - 300, exp: NOW - 60 }, header),
    forge({ ...plain, sub: 'leak-me', nonce: 'x' }, header),
  ]
  const bodies = await Promise.all(
    texts.map(async (text) => {
      const answer = await fetch(`${http.url}/check`, { headers: { 'x-token': text } })
      const { request_id: _, ...body } = (await answer.json()) as Json
      const told = JSON.stringify(body) + http.logged.join()
      for (const part of [...text.split('.'), 'leak-me']) assert.ok(!told.includes(part))
      return JSON.stringify([answer.status, answer.headers.get('content-type'), body])
    }),
  )
  assert.equal(new Set(bodies).size, 1, bodies.join('\n'))
  assert.match(bodies[0] ?? '', /^\[401,"application\/problem\+json.*auth\.invalid_token/)
})
