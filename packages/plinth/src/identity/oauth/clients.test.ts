import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { newId } from '../../kernel/index.ts'
import type { Holder, TokenWorld } from '../token-api/token-api.fixture.ts'
import { openTokenWorld } from '../token-api/token-api.fixture.ts'
import { basic, clientKeys, form, MANAGER, makeClient, serviceAccount } from './oauth.fixture.ts'

const CLIENTS = '/api/v1/oauth-clients'

let tokens: TokenWorld
let ana: Holder
let account: string
before(async () => {
  tokens = await openTokenWorld()
})
beforeEach(async () => {
  tokens.world.clock.advance(61_000)
  ana = await tokens.holder({ can: MANAGER })
  account = await serviceAccount(tokens, ana)
})
after(() => tokens?.[Symbol.asyncDispose]())

const register = (more: Readonly<Record<string, unknown>>) =>
  makeClient(tokens, ana, { service_account_id: account, scopes: ['stock:read'], ...more })
const withKeys = (...keys: readonly unknown[]) =>
  register({ authentication: 'private_key_jwt', public_keys: keys })

test('v5.0.0-V10.4.16 a client is made with keys only if they are public, strong and told apart', async () => {
  const { jwk } = await clientKeys('ES256')
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwkOf = (key: ReturnType<typeof generateKeyPairSync>['publicKey']) => ({
    ...key.export({ format: 'jwk' }),
    kid: 'robot-2',
  })
  const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey
  const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey
  const noSignature = generateKeyPairSync('x25519').publicKey
  const unfit: [string, readonly unknown[]][] = [
    ['none', []],
    ['a private one', [jwkOf(pair.privateKey)]],
    ['RSA of 1,024 bits', [jwkOf(weak)]],
    ['another curve', [jwkOf(otherCurve)]],
    ['one that signs nothing', [jwkOf(noSignature)]],
    ['a shared secret', [{ kty: 'oct', k: 'c2VjcmV0', kid: 'a' }]],
    ['without a name', [{ ...jwk, kid: undefined }]],
    ['with an empty name', [{ ...jwk, kid: '' }]],
    ['two of one name', [jwk, { ...jwkOf(pair.publicKey), kid: jwk.kid }]],
    ['a good one and a weak one', [jwk, jwkOf(weak)]],
    ['an algorithm that it cannot do', [{ ...jwk, alg: 'PS256' }]],
    ['no point of its curve', [{ ...jwk, x: jwk.y, y: jwk.x }]],
  ]
  for (const [name, keys] of unfit) {
    const { status, body } = await withKeys(...keys)
    assert.deepEqual([status, body['code']], [422, 'oauth.unfit_keys'], name)
  }
  const strong = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey
  const made = await withKeys(jwk, jwkOf(strong))
  assert.deepEqual([made.status, made.body['client_secret']], [201, null])
})

test('a client acts only as a service account of its own tenant, within what its maker may do', async () => {
  const eve = await tokens.holder({ can: MANAGER })
  const theirs = await serviceAccount(tokens, eve)
  for (const id of [newId(), theirs, ana.person]) {
    const { status, body } = await register({ service_account_id: id })
    assert.deepEqual([status, body['code']], [422, 'oauth.unknown_account'], id)
  }
  const small = await tokens.holder({ can: ['oauth_client:manage', 'stock:read'] })
  const own = await serviceAccount(tokens, small)
  for (const scope of ['*', 'people:read', 'stock:*', 'stock:write']) {
    const wanted = { service_account_id: own, scopes: [scope] }
    const { status, body } = await makeClient(tokens, small, wanted)
    assert.deepEqual([status, body['code']], [403, 'oauth.beyond_yours'], scope)
  }
  const all = await tokens.holder({ can: ['*'] })
  const robot = await serviceAccount(tokens, all)
  const typo = await makeClient(tokens, all, { service_account_id: robot, scopes: ['stocks:read'] })
  assert.deepEqual([typo.status, typo.body['code']], [422, 'permission.unknown'])
})

test('the clients of a tenant are listed page by page, without a secret, and no other tenant’s', async () => {
  const eve = await tokens.holder({ can: MANAGER })
  const theirs = await serviceAccount(tokens, eve)
  await makeClient(tokens, eve, { service_account_id: theirs, scopes: ['stock:read'] })
  const made = [await register({}), await register({})].map(({ body }) => body['id'])
  const page = async (more: string) => {
    const { body } = await tokens.get(`${CLIENTS}?limit=1&${more}`, ana.access)
    const items = body['items'] as readonly { readonly id: string }[]
    return { items, next: body['next_cursor'], total: body['total'] }
  }
  const first = await page('count=exact')
  assert.deepEqual([first.items.map(({ id }) => id), first.total], [made.slice(0, 1), 2])
  assert.equal('client_secret' in (first.items[0] ?? {}), false)
  const second = await page(`cursor=${first.next}`)
  assert.deepEqual(
    second.items.map(({ id }) => id),
    made.slice(1),
  )
})

test('v5.0.0-V10.4.10 an address whose clients never prove themselves has to wait, whatever it sends', async () => {
  const { body } = await register({})
  const good = basic(body['id'], body['client_secret'])
  const ask = (headers: Record<string, string>) =>
    form(tokens, '/oauth/token', { grant_type: 'client_credentials' }, headers)
  let refused = await ask(basic(body['id'], 'wrong'))
  for (let tries = 0; refused.status === 401 && tries < 200; tries += 1)
    refused = await ask(basic(body['id'], 'wrong'))
  assert.equal(refused.status, 429, JSON.stringify(refused.body))
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  assert.equal((await ask(good)).status, 429)
  tokens.world.clock.advance(61_000)
  assert.equal((await ask(good)).status, 200)
})
