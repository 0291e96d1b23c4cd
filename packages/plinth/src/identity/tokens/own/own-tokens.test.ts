import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { JWK } from 'jose'
import { CompactSign, createLocalJWKSet, importJWK, jwtVerify } from 'jose'
import type { Purpose } from '../../../kernel/index.ts'
import { deriveKey, hashToken, newId, Secret, unseal } from '../../../kernel/index.ts'
import { assemble } from '../../identity-deps.ts'
import type { Holder, TokenWorld } from '../../token-api/token-api.fixture.ts'
import { openTokenWorld } from '../../token-api/token-api.fixture.ts'
import { tokenSettings } from './tokens.settings.ts'

let tokens: TokenWorld
let ana: Holder
before(async () => {
  tokens = await openTokenWorld()
  ana = await tokens.holder()
})
after(() => tokens?.[Symbol.asyncDispose]())

type Json = Record<string, unknown>
const part = (text: string, at: number): Json =>
  JSON.parse(Buffer.from(text.split('.')[at] ?? '', 'base64url').toString())
const who = (token: string) => tokens.get('/who', token)

/** Signs with a key of the service what it would never sign. */
async function forged(header: Json, claims: Json): Promise<string> {
  const { signing, id, algorithm } = await tokens.identity.own.keys.signer()
  const body = new TextEncoder().encode(JSON.stringify({ ...part(ana.access, 1), ...claims }))
  const protectedHeader = { alg: algorithm, kid: id, typ: 'at+jwt', ...header }
  return new CompactSign(body).setProtectedHeader(protectedHeader).sign(signing)
}

test('RFC 9068 an access token has kid, typ, iss, aud, sub, sid, jti, iat and exp, and others verify it', async () => {
  const { kid, alg, typ, ...more } = part(ana.access, 0)
  assert.deepEqual([alg, typ, more], ['EdDSA', 'at+jwt', {}])
  const claims = part(ana.access, 1)
  assert.deepEqual(
    [claims['iss'], claims['aud'], claims['sub'], claims['sid'], claims['tenant_id']],
    ['http://localhost:8000', 'api://default', ana.person, ana.session, ana.tenant],
  )
  assert.equal(Number(claims['exp']) - Number(claims['iat']), 900)
  const { body, headers } = await tokens.get('/.well-known/jwks.json')
  assert.equal(headers.get('cache-control'), 'public, max-age=300')
  const keys = body['keys'] as JWK[]
  assert.deepEqual(
    keys.map((one) => Object.keys(one).sort()),
    [['alg', 'crv', 'kid', 'kty', 'use', 'x']],
  )
  assert.equal(keys[0]?.kid, kid)
  const now = new Date(tokens.world.clock.now())
  const options = {
    issuer: 'http://localhost:8000',
    audience: 'api://default',
    typ: 'at+jwt',
    currentDate: now,
  }
  await jwtVerify(ana.access, createLocalJWKSet({ keys }), options)
})

test('JW-23 JW-24 JW-26 JW-29 v5.0.0-V9.2.2 only what we put into an access token is one', async () => {
  const now = Math.floor(tokens.world.clock.now() / 1_000)
  assert.equal((await who(await forged({}, {}))).status, 200)
  const headers: Json[] = [
    { typ: undefined },
    { typ: 'JWT' },
    { typ: 'logout+jwt' },
    { typ: 'application/at+jwt;x' },
    { kid: undefined },
    { kid: 'x' },
    { kid: newId() },
  ]
  const claims: Json[] = [
    { aud: undefined },
    { aud: 'other' },
    { aud: ['api://default'] },
    { aud: 'api://defaultx' },
    { sub: undefined },
    { sub: 'admin' },
    { sub: newId() },
    { sid: undefined },
    { sid: newId() },
    { jti: undefined },
    { client_id: undefined },
    { client_id: newId() },
    { exp: undefined },
    { exp: now - 11 },
    { exp: now + 7_200 },
    { exp: String(now + 60) },
    { iat: now + 60 },
    { iat: now - 90_000 },
    { nbf: now + 60 },
  ]
  for (const header of headers) {
    assert.equal((await who(await forged(header, {}))).status, 401, JSON.stringify(header))
  }
  for (const claim of claims) {
    assert.equal((await who(await forged({}, claim))).status, 401, JSON.stringify(claim))
  }
  // Another issuer is none of ours, whatever key signed.
  assert.equal((await who(await forged({}, { iss: 'http://localhost:8000/' }))).status, 401)
})

test('JW-04 JW-07 the public key signs nothing, and a key signs with its own algorithm only', async () => {
  const { body } = await tokens.get('/.well-known/jwks.json')
  const [jwk] = body['keys'] as JWK[]
  const claims = new TextEncoder().encode(JSON.stringify(part(ana.access, 1)))
  for (const secret of [String(jwk?.x), JSON.stringify(jwk)]) {
    const key = await importJWK(
      { kty: 'oct', k: Buffer.from(secret).toString('base64url') },
      'HS256',
    )
    const header = { alg: 'HS256', kid: String(jwk?.kid), typ: 'at+jwt' }
    const text = await new CompactSign(claims).setProtectedHeader(header).sign(key)
    const told = await who(text)
    assert.equal(told.status, 401, tokens.world.http.logged.at(-1))
  }
  const unsigned = [{ alg: 'none', kid: jwk?.kid, typ: 'at+jwt' }, part(ana.access, 1)]
    .map((one) => Buffer.from(JSON.stringify(one)).toString('base64url'))
    .join('.')
  for (const text of [`${unsigned}.`, `${unsigned}.AA`]) assert.equal((await who(text)).status, 401)
})

/** All of them: one that is left out does not compile. */
const PURPOSES: { readonly [P in Purpose]: P } = {
  session: 'session',
  'session-successor': 'session-successor',
  device: 'device',
  'pending-login': 'pending-login',
  csrf: 'csrf',
  fingerprint: 'fingerprint',
  cursor: 'cursor',
  'provider-token': 'provider-token',
  'logout-state': 'logout-state',
  'logout-token': 'logout-token',
  'one-time': 'one-time',
  'passkey-holder': 'passkey-holder',
  attempt: 'attempt',
  'account-request': 'account-request',
  idempotency: 'idempotency',
  'signing-key': 'signing-key',
  'access-token': 'access-token',
  'refresh-token': 'refresh-token',
  'refresh-successor': 'refresh-successor',
  'refresh-csrf': 'refresh-csrf',
  'client-secret': 'client-secret',
  'client-assertion': 'client-assertion',
  message: 'message',
  'mfa-secret': 'mfa-secret',
  'mfa-code': 'mfa-code',
  'mfa-challenge': 'mfa-challenge',
  'recovery-code': 'recovery-code',
  'remembered-device': 'remembered-device',
  decoy: 'decoy',
}

test('JW-25 v5.0.0-V9.2.4 every token of ours has a purpose, and a key or a hash that no other has', async () => {
  const purposes = Object.values(PURPOSES)
  const secret = new Secret('a-secret-of-this-test-0123456789abcdef')
  const hashes = purposes.map((purpose) => hashToken(purpose, 'same').toString('hex'))
  const keys = purposes.map((purpose) => deriveKey(secret, purpose).export().toString('hex'))
  assert.equal(new Set([...hashes, ...keys]).size, 2 * purposes.length)
  for (const text of [ana.refresh, ana.csrf, ana.session]) {
    assert.equal((await who(text)).status, 401)
  }
})

test('JW-61 which keys there are is public, and refusals look alike whether one is named or not', async () => {
  const { body } = await tokens.get('/.well-known/jwks.json')
  const published = (body['keys'] as JWK[]).map(({ kid }) => kid)
  const verifying = (await tokens.identity.own.keys.all()).map(({ id }) => String(id))
  assert.deepEqual(published, verifying)
  const [known = ''] = verifying
  const spoilt = `${ana.access.slice(0, -8)}AAAAAAAA`
  const answers = [
    spoilt,
    await forged({ kid: newId() }, {}),
    await forged({ kid: known }, { aud: 'x' }),
  ]
  const bodies = await Promise.all(
    answers.map(async (text) => {
      const { status, body: said, headers } = await who(text)
      return JSON.stringify([status, said['code'], said['detail'], headers.get('www-authenticate')])
    }),
  )
  assert.equal(new Set(bodies).size, 1, bodies.join())
})

test('v5.0.0-V10.3.2 JW-58 what is remembered of a token is of that token alone', async () => {
  const bea = await tokens.holder({ can: ['stock:write'] })
  for (let round = 0; round < 3; round += 1) {
    assert.equal((await tokens.get('/stock', ana.access)).status, 200)
    assert.equal((await tokens.get('/stock', bea.access)).status, 403)
    const write = { authorization: `Bearer ${bea.access}` }
    assert.equal((await tokens.post('/stock', undefined, write)).status, 200)
  }
  const other = await tokens.holder({ person: ana.person })
  assert.notEqual(other.tenant, ana.tenant)
  const { body } = await who(other.access)
  assert.deepEqual([body['person'], body['permissions']], [ana.person, ['stock:read']])
})

test('JW-44 JW-58 a token that is remembered vouches for no other text that says the same', async () => {
  const holder = await tokens.holder()
  for (let round = 0; round < 3; round += 1) {
    assert.equal((await who(holder.access)).status, 200)
    const [header, claims, signature = ''] = holder.access.split('.')
    const [last = '', first = ''] = [signature.at(-2), signature.at(0)]
    const others = [
      `${header}.${claims}.${first === 'A' ? 'B' : 'A'}${signature.slice(1)}`,
      `${header}.${claims}.${signature.slice(0, -2)}${last === 'A' ? 'B' : 'A'}${signature.at(-1)}`,
      `${header}.${claims}.`,
      `${header}.${claims}`,
    ]
    for (const text of others) assert.equal((await who(text)).status, 401, text.slice(-90))
  }
})

test('a private key is sealed: a dump of the database signs nothing', async () => {
  const [row] = await tokens.world.sql<{ id: string; private_sealed: Buffer; public_jwk: JWK }>(
    'select id, private_sealed, public_jwk from plinth.signing_keys',
  )
  assert.ok(row)
  assert.equal('d' in row.public_jwk, false)
  const secret = tokens.identity.app.session_signing_secret
  const place = `signing key ${row.id}`
  const right = unseal(deriveKey(secret, 'signing-key'), place, row.private_sealed)
  assert.match(String(right), /"d":/)
  assert.equal(unseal(deriveKey(secret, 'provider-token'), place, row.private_sealed), undefined)
  assert.equal(
    unseal(deriveKey(secret, 'signing-key'), 'signing key x', row.private_sealed),
    undefined,
  )
  assert.ok(!row.private_sealed.toString('latin1').includes(String(right)))
})

/** Another process of the same service, with settings of its own. */
const processWith = (settings: object) =>
  assemble({ ...tokens.world.deps, tokens: tokenSettings.parse(settings) })

test('JW-57 two processes with other settings, while keys rotate: no token is refused', async () => {
  const { clock } = tokens.world
  const daily = { rotate_keys_after_days: 1 }
  const processes = [processWith(daily), processWith({ ...daily, algorithm: 'ES256' })]
  const seen = new Set<unknown>()
  const claims = { sid: newId(), client_id: 'token-api' }
  const issue = { person: newId<'person'>(), ttlSeconds: 3_600, claims }
  const verifies = async (text: string, when: string) => {
    for (const one of processes) {
      assert.equal(typeof (await one.own.tokens.verify(text)), 'object', when)
    }
  }
  const waiting: string[] = []
  for (let hour = 0; hour < 30; hour += 1) {
    for (const { own } of processes) {
      const text = await own.tokens.issue(issue)
      seen.add(`${part(text, 0)['alg']} ${part(text, 0)['kid']}`)
      waiting.push(text)
      await verifies(text, `hour ${hour}`)
    }
    clock.advance(59 * 60_000)
    for (const text of waiting.splice(0)) await verifies(text, `an hour after ${hour}`)
  }
  assert.ok(seen.size >= 3 && seen.size < 10, [...seen].join())
})

test('a new key is published before it signs, and the old one verifies after it', async () => {
  const { world, identity } = tokens
  const holder = await tokens.holder()
  const first = part(holder.access, 0)['kid']
  const next = await world.deps.platform.transaction((tx) => identity.own.keys.rotate(tx))
  const published = async () =>
    ((await tokens.get('/.well-known/jwks.json')).body['keys'] as JWK[]).map(({ kid }) => kid)
  const signs = async () => part((await tokens.holder()).access, 0)['kid']
  world.clock.advance(31_000)
  const now = await published()
  assert.ok(now.includes(String(first)) && now.includes(next))
  assert.equal(await signs(), first)
  world.clock.advance(10 * 60_000)
  assert.equal(await signs(), next)
  assert.equal((await tokens.get('/who', holder.access)).status, 200)
  world.clock.advance(25 * 3_600_000)
  assert.deepEqual(await published(), [next])
})

test('HS256 by setting: it verifies here, and is not published', async () => {
  const { own } = processWith({ algorithm: 'HS256' })
  const issue = {
    person: ana.person,
    ttlSeconds: 60,
    claims: { sid: ana.session, client_id: 'token-api' },
  }
  await own.tokens.issue(issue)
  tokens.world.clock.advance(11 * 60_000)
  const text = await own.tokens.issue(issue)
  assert.equal(part(text, 0)['alg'], 'HS256')
  assert.equal(typeof (await own.tokens.verify(text)), 'object')
  assert.ok((await own.keys.published()).every(({ alg, k }) => alg !== 'HS256' && k === undefined))
  // Whoever changed one bit, or signs with another key, is refused.
  const other = text.at(-2) === 'A' ? 'B' : 'A'
  assert.equal(await own.tokens.verify(`${text.slice(0, -2)}${other}A`), 'signature')
})

test('a service whose secret was changed makes a new key; what the old one signed is good until it ends', async () => {
  const { access } = await tokens.holder()
  const session_signing_secret = new Secret('another-secret-of-the-tests-0123456789')
  const { deps } = tokens.world
  const later = assemble({ ...deps, app: { ...deps.app, session_signing_secret } })
  assert.equal(typeof (await later.own.tokens.verify(access)), 'object')
  const { id } = await later.own.keys.signer()
  assert.notEqual(id, part(access, 0)['kid'])
})

test('an administrator of the platform makes the next key, and takes one back: what it signed is over within a second', async () => {
  const holder = await tokens.holder()
  const { person, tenant } = await tokens.holder()
  await tokens.world.sql(
    "insert into plinth.platform_roles (person_id, permissions) values ($1, '{platform:manage_signing_keys}')",
    [person],
  )
  // Whoever is given power over the platform signs in anew.
  const admin = await tokens.holder({ person, tenant })
  const bearer = { authorization: `Bearer ${admin.access}` }
  const path = '/api/v1/platform/signing-keys'
  assert.equal((await tokens.get(path, holder.access)).status, 403)
  const made = await tokens.post(path, undefined, bearer)
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const { items } = (await tokens.get(path, admin.access)).body as { items: { id: string }[] }
  assert.equal(items[0]?.id, made.body['id'])
  assert.equal((await tokens.get('/who', holder.access)).status, 200)
  const kid = String(part(holder.access, 0)['kid'])
  const takeBack = (id: string) =>
    fetch(`${tokens.world.http.url}${path}/${id}`, { method: 'DELETE', headers: bearer })
  assert.equal((await takeBack(newId())).status, 404)
  assert.equal((await takeBack(kid)).status, 204)
  while ((await tokens.get('/who', holder.access)).status === 200) await setTimeout(20)
  const { body } = await tokens.refresh(holder.refresh)
  assert.equal((await tokens.get('/who', String(body['access_token']))).status, 200)
})

test('a key that is removed ends what it signed within a second, and a new one signs', async () => {
  // A process that only gives tokens out looks at the keys again after a second.
  tokens.world.clock.advance(1_000)
  const holder = await tokens.holder()
  assert.equal((await tokens.get('/who', holder.access)).status, 200)
  await tokens.world.sql('delete from plinth.signing_keys')
  while ((await tokens.get('/who', holder.access)).status === 200) await setTimeout(20)
  // However many processes begin at once, they make one key.
  const signers = await Promise.all(
    Array.from({ length: 10 }, () => processWith({}).own.keys.signer()),
  )
  assert.equal(new Set(signers.map(({ id }) => id)).size, 1)
  const { body } = await tokens.refresh(holder.refresh)
  assert.equal((await tokens.get('/who', String(body['access_token']))).status, 200)
})
