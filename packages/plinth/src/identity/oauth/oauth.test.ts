import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { signedIn } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import type { Holder, TokenWorld } from '../token-api/token-api.fixture.ts'
import { openTokenWorld } from '../token-api/token-api.fixture.ts'
import {
  assertion,
  basic,
  clientKeys,
  form,
  MANAGER,
  makeClient,
  serviceAccount,
} from './oauth.fixture.ts'

let tokens: TokenWorld
let ana: Holder
before(async () => {
  const vault = feature('vault', {
    routes: [
      route('GET /vault', {
        access: signedIn(),
        tenant: 'none',
        stepUp: { maxAgeSeconds: 900 },
        handle: () => undefined,
      }),
    ],
  })
  tokens = await openTokenWorld({ features: [vault] })
})
// A sign-in of this minute: what machine clients may do is given by somebody who is there.
beforeEach(async () => {
  // What the test before it had refused counts against this one's address no more.
  tokens.world.clock.advance(61_000)
  ana = await tokens.holder({ can: MANAGER })
})
after(() => tokens?.[Symbol.asyncDispose]())

const fresh = () => {
  const now = Math.floor(tokens.world.clock.now() / 1_000)
  return { iat: now, exp: now + 60 }
}
const GRANT = { grant_type: 'client_credentials' }
const token = (fields: Record<string, string>, headers?: Record<string, string>) =>
  form(tokens, '/oauth/token', fields, headers)

async function robot(
  scopes: readonly string[] = ['stock:read'],
  can?: readonly string[],
  by = ana,
) {
  const account = await serviceAccount(tokens, by, can)
  const made = await makeClient(tokens, by, { service_account_id: account, scopes })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const { id, client_secret: secret } = made.body
  return { account, id: String(id), secret: String(secret), proof: basic(id, secret) }
}

async function accessOf(proof: Record<string, string>, scope?: string): Promise<string> {
  const told = await token({ ...GRANT, ...(scope !== undefined && { scope }) }, proof)
  assert.equal(told.status, 200, JSON.stringify(told.body))
  return String(told.body['access_token'])
}

test('D23 a machine client gets a token and acts as its service account', async () => {
  const { proof, account, id } = await robot()
  const told = await token(GRANT, proof)
  const { access_token: access, ...rest } = told.body
  assert.deepEqual(
    [told.status, rest],
    [200, { token_type: 'Bearer', expires_in: 900, scope: 'stock:read' }],
  )
  assert.equal(told.headers.get('cache-control'), 'no-store')
  const who = await tokens.get('/who', String(access))
  assert.deepEqual(who.body, { person: account, permissions: ['stock:read'], kind: 'bearer' })
  assert.equal((await tokens.get('/stock', String(access))).status, 200)
  const write = await tokens.post('/stock', undefined, { authorization: `Bearer ${access}` })
  assert.equal(write.status, 403)
  const claims = JSON.parse(Buffer.from(String(access).split('.')[1] ?? '', 'base64url').toString())
  assert.deepEqual([claims.client_id, claims.sub, claims.aud], [id, account, 'api://default'])
})

test('v5.0.0-V10.4.4 client_credentials is the only grant, and there is nothing that a browser is sent to', async () => {
  const { proof } = await robot()
  const others = [
    'password',
    'authorization_code',
    'refresh_token',
    'implicit',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
  ]
  for (const grant of others) {
    const told = await token({ grant_type: grant, username: 'a', password: 'b' }, proof)
    assert.deepEqual([told.status, told.body['error']], [400, 'unsupported_grant_type'], grant)
  }
  for (const path of ['/oauth/authorize', '/oauth/token']) {
    assert.notEqual((await tokens.get(path)).status, 200)
  }
  const { body } = await tokens.get('/.well-known/oauth-authorization-server')
  assert.deepEqual(
    [body['grant_types_supported'], body['response_types_supported']],
    [['client_credentials'], []],
  )
  assert.equal('authorization_endpoint' in body, false)
})

test('v5.0.0-V10.4.10 nothing is given to a client that did not prove itself, at any endpoint', async () => {
  const { id, secret, proof } = await robot()
  const access = await accessOf(proof)
  const wrong: [Record<string, string>, Record<string, string>][] = [
    [{}, {}],
    [{ client_id: id }, {}],
    [{ client_id: id, client_secret: 'x' }, {}],
    [{ client_id: id, client_secret: '' }, {}],
    [{}, basic(id, '')],
    [{}, basic(id, `${secret}x`)],
    [{}, basic('unknown', secret)],
    [{}, { authorization: `Bearer ${access}` }],
    [{}, { authorization: 'Basic %%%' }],
  ]
  for (const path of ['/oauth/token', '/oauth/introspect', '/oauth/revoke']) {
    for (const [fields, headers] of wrong.slice(path === '/oauth/token' ? 0 : 5)) {
      const told = await form(tokens, path, { ...GRANT, token: access, ...fields }, headers)
      assert.deepEqual(
        [told.status, told.body['error']],
        [401, 'invalid_client'],
        JSON.stringify(fields),
      )
      assert.match(told.headers.get('www-authenticate') ?? '', /^Basic /)
      tokens.world.clock.advance(61_000)
    }
  }
  const both = await token({ ...GRANT, client_id: id, client_secret: secret }, proof)
  assert.deepEqual([both.status, both.body['error']], [400, 'invalid_request'])
  assert.equal((await token({ ...GRANT, client_id: id, client_secret: secret })).status, 200)
})

test('RFC 6749 5.2 what a form lacks, repeats or cannot say is told in the words of OAuth', async () => {
  const { proof } = await robot()
  const access = await accessOf(proof)
  const refused = async (path: string, body: string) => {
    const headers = { ...proof, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await fetch(`${tokens.world.http.url}${path}`, { method: 'POST', body, headers })
    const told = (await answer.json()) as Record<string, unknown>
    assert.deepEqual(Object.keys(told), ['error', 'error_description'], body)
    return [answer.status, told['error']]
  }
  const wrong = [400, 'invalid_request']
  const grant = 'grant_type=client_credentials'
  for (const body of [
    '',
    'scope=stock:read',
    'grant_type=',
    `${grant}&${grant}`,
    `${grant}&scope=%zz`,
  ])
    assert.deepEqual(await refused('/oauth/token', body), wrong, body)
  assert.deepEqual(await refused('/oauth/token?client_id=x', grant), wrong)
  for (const path of ['/oauth/introspect', '/oauth/revoke']) {
    assert.deepEqual(await refused(path, 'token_type_hint=access_token'), wrong)
    assert.deepEqual(await refused(path, 'token='), wrong)
    assert.deepEqual(await refused(path, `token=${access}&token=x`), wrong)
  }
  // A field without a value is one that was left out (3.2).
  const whole = await token({ ...GRANT, scope: '' }, proof)
  assert.deepEqual([whole.status, whole.body['scope']], [200, 'stock:read'])
  assert.equal(whole.headers.get('pragma'), 'no-cache')
})

test('v5.0.0-V10.4.11 a client has the scopes that it was made with, and no more than its account may do', async () => {
  const { proof, account } = await robot(['stock:*'])
  assert.equal((await token({ ...GRANT, scope: 'stock:read' }, proof)).body['scope'], 'stock:read')
  for (const scope of ['*', 'people:read', 'stock:read people:read', 'stock', 'stock:read:*']) {
    const told = await token({ ...GRANT, scope }, proof)
    assert.deepEqual([told.status, told.body['error']], [400, 'invalid_scope'], scope)
  }
  const access = await accessOf(proof)
  await tokens.world.sql(
    "update plinth.memberships set permissions = '{stock:write}' where person_id = $1",
    [account],
  )
  while ((await tokens.get('/stock', access)).status === 200) await setTimeout(20)
  assert.equal((await token(GRANT, proof)).body['scope'], 'stock:write')
  const wide = await makeClient(tokens, ana, {
    service_account_id: account,
    scopes: ['people:read'],
  })
  assert.deepEqual([wide.status, wide.body['code']], [403, 'oauth.beyond_yours'])
})

test('v5.0.0-V10.4.16 a client proves itself by a signature that is good once', async () => {
  const keys = await clientKeys()
  const account = await serviceAccount(tokens, ana)
  const made = await makeClient(tokens, ana, {
    service_account_id: account,
    scopes: ['stock:read'],
    authentication: 'private_key_jwt',
    public_keys: [keys.jwk],
  })
  assert.deepEqual(
    [made.status, made.body['client_secret']],
    [201, null],
    JSON.stringify(made.body),
  )
  const id = String(made.body['id'])
  const good = await assertion(keys, id, fresh())
  assert.equal((await token({ ...GRANT, ...good })).status, 200)
  assert.equal((await token({ ...GRANT, ...good })).body['error'], 'invalid_client')
  const raced = await assertion(keys, id, fresh())
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => form(tokens, '/oauth/introspect', { ...raced, token: 'x' })),
  )
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

test('v5.0.0-V10.4.16 RFC 7523 an assertion for another server, too long, unsigned or of another key is refused', async () => {
  const [keys, others] = await Promise.all([clientKeys('ES256'), clientKeys('ES256')])
  const account = await serviceAccount(tokens, ana)
  const common = {
    service_account_id: account,
    scopes: ['stock:read'],
    authentication: 'private_key_jwt',
  }
  const id = String(
    (await makeClient(tokens, ana, { ...common, public_keys: [keys.jwk] })).body['id'],
  )
  const now = Math.floor(tokens.world.clock.now() / 1_000)
  const spoilt = [
    { aud: 'https://other.example' },
    { aud: [tokens.world.deps.app.base_url] },
    { aud: undefined },
    { iss: 'x' },
    { sub: tokens.identity.app.name },
    { exp: now - 1 },
    { exp: now + 3_600 },
    { exp: undefined },
    { jti: undefined },
    { jti: '' },
    { nbf: now + 600 },
  ]
  const use = (proof: Record<string, string>) =>
    form(tokens, '/oauth/introspect', { ...proof, token: 'x' })
  const base = { iat: now, exp: now + 60 }
  for (const changes of spoilt) {
    const told = await use(await assertion(keys, id, { ...base, ...changes }))
    assert.deepEqual(
      [told.status, told.body['error']],
      [401, 'invalid_client'],
      JSON.stringify(changes),
    )
  }
  assert.equal((await use(await assertion(others, id, base))).status, 401)
  assert.equal((await use(await assertion(keys, id, base, { kid: 'other' }))).status, 401)
  assert.equal(
    (await use({ ...(await assertion(keys, id, base)), client_assertion_type: 'jwt' })).status,
    401,
  )
  assert.equal(
    (await use({ ...(await assertion(keys, id, base)), client_id: ana.person })).status,
    401,
  )
  assert.equal((await use(await assertion(keys, id, base))).status, 200)
  const bad = [
    [],
    [{ ...keys.jwk, d: 'x' }],
    [{ kty: 'oct', k: 'x', kid: 'a' }],
    [keys.jwk, keys.jwk],
  ]
  for (const public_keys of bad) {
    assert.equal((await makeClient(tokens, ana, { ...common, public_keys })).status, 422)
  }
})

test('RFC 7662 JW-59 introspection says what is true now, to whom it may', async () => {
  const [own, other] = [await robot(), await robot()]
  const watcher = await robot(['oauth_client:introspect'], ['oauth_client:introspect'])
  const stranger = await tokens.holder({ can: MANAGER })
  const foreign = await robot(['oauth_client:introspect'], ['oauth_client:introspect'], stranger)
  const access = await accessOf(own.proof)
  const ask = async (proof: Record<string, string>, text = access) =>
    (await form(tokens, '/oauth/introspect', { token: text }, proof)).body
  const known = await ask(own.proof)
  assert.deepEqual(
    [known['active'], known['scope'], known['sub'], known['client_id']],
    [true, 'stock:read', own.account, own.id],
  )
  assert.deepEqual(await ask(other.proof), { active: false })
  assert.deepEqual(await ask(foreign.proof), { active: false })
  assert.equal((await ask(watcher.proof))['active'], true)
  assert.equal((await ask(watcher.proof, ana.access))['sub'], ana.person)
  for (const junk of ['x', ana.refresh, `${access}x`]) {
    assert.deepEqual(await ask(own.proof, junk), { active: false })
  }
  assert.equal((await form(tokens, '/oauth/revoke', { token: access }, own.proof)).status, 200)
  assert.deepEqual(await ask(own.proof), { active: false })
})

test('RFC 7009 JW-48 a revoked token is refused within a second, and only its client revokes it', async () => {
  const [own, other] = [await robot(), await robot()]
  const access = await accessOf(own.proof)
  assert.equal((await tokens.get('/stock', access)).status, 200)
  const foreign = await form(tokens, '/oauth/revoke', { token: access }, other.proof)
  assert.deepEqual([foreign.status, foreign.body['error']], [400, 'invalid_grant'])
  assert.equal((await tokens.get('/stock', access)).status, 200)
  assert.deepEqual((await form(tokens, '/oauth/revoke', { token: access }, own.proof)).body, {})
  while ((await tokens.get('/stock', access)).status === 200) await setTimeout(20)
  for (const text of [access, 'unknown']) {
    assert.equal((await form(tokens, '/oauth/revoke', { token: text }, own.proof)).status, 200)
  }
})

test('RR-15 a token serves only the client it was made for: no machine refreshes, revokes or sees it', async () => {
  const { proof } = await robot()
  const person = await tokens.holder({ tenant: ana.tenant })
  const refresh = { grant_type: 'refresh_token', refresh_token: person.refresh }
  assert.equal((await token(refresh, proof)).body['error'], 'unsupported_grant_type')
  for (const text of [person.refresh, person.access]) {
    await form(tokens, '/oauth/revoke', { token: text }, proof)
    assert.deepEqual((await form(tokens, '/oauth/introspect', { token: text }, proof)).body, {
      active: false,
    })
  }
  assert.equal((await tokens.get('/who', person.access)).status, 200)
  assert.equal((await tokens.refresh(person.refresh)).status, 200)
})

test('v5.0.0-V10.3.4 AK-27 no machine meets a step-up, however fresh its token is', async () => {
  const { proof } = await robot()
  const machine = await tokens.get('/vault', await accessOf(proof))
  assert.deepEqual(
    [machine.status, machine.body['code']],
    [401, 'access.insufficient_user_authentication'],
  )
  assert.equal((await tokens.get('/vault', ana.access)).status, 204)
})

test('a machine does not act in person: neither sessions nor clients are for it', async () => {
  const { proof, account } = await robot(['oauth_client:*'], ['oauth_client:*'])
  const access = await accessOf(proof)
  assert.equal((await tokens.get('/auth/sessions', access)).status, 403)
  assert.equal((await tokens.get('/api/v1/oauth-clients', access)).status, 200)
  const made = await tokens.post(
    '/api/v1/oauth-clients',
    { name: 'x', service_account_id: account, scopes: ['oauth_client:read'] },
    { authorization: `Bearer ${access}` },
  )
  assert.equal(made.status, 401)
})

test('a secret is changed with an overlap, and a revoked client is over with its tokens', async () => {
  const { proof, id } = await robot()
  const access = await accessOf(proof)
  const bearer = { authorization: `Bearer ${ana.access}` }
  const renewed = await tokens.post(
    `/api/v1/oauth-clients/${id}/secrets`,
    { overlap_seconds: 60 },
    bearer,
  )
  assert.equal(renewed.status, 201, JSON.stringify(renewed.body))
  const next = basic(id, renewed.body['client_secret'])
  assert.equal((await token(GRANT, proof)).status, 200)
  assert.equal((await token(GRANT, next)).status, 200)
  tokens.world.clock.advance(61_000)
  assert.equal((await token(GRANT, proof)).status, 401)
  assert.equal((await token(GRANT, next)).status, 200)
  const { url } = tokens.world.http
  const gone = await fetch(`${url}/api/v1/oauth-clients/${id}`, {
    method: 'DELETE',
    headers: bearer,
  })
  assert.equal(gone.status, 204)
  while ((await tokens.get('/who', access)).status !== 401) await setTimeout(20)
  assert.equal((await token(GRANT, next)).status, 401)
  const stored = await tokens.world.sql(
    'select secret_hash from plinth.oauth_client_secrets where client_id = $1',
    [id],
  )
  assert.ok(stored.every(({ secret_hash: hash }) => Buffer.isBuffer(hash) && hash.length === 32))
})
