import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { serviceSettings } from '../../packages/plinth/src/compose/settings.ts'
import { crud, entity, feature } from '../../packages/plinth/src/index.ts'
import type { EvilProvider, World } from '../../packages/plinth/src/testing/index.ts'
import { startEvilProvider, startWorld } from '../../packages/plinth/src/testing/index.ts'
import { read } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const PAGE = 'docs/guides/issuers.md'
const [listed, asked, scoped] = blocksOf(PAGE)
  .filter(({ language }) => language === 'yaml')
  .map(({ code }) => parse(code).config.jwt)
const rows = [...read(PAGE).matchAll(/^\| (.+?) \| (\d{3}) \| (\d{3}) \|$/gm)]

const product = entity('product', { name: z.string().max(40) })
let evil: EvilProvider
let world: World
before(async () => {
  evil = await startEvilProvider()
  world = await startWorld({
    features: [feature('catalogue', { entities: [product], routes: [crud(product)] })],
    providers: [evil],
    settings: {
      'jwt.issuers.warehouse.issuer': evil.issuer,
      'jwt.issuers.warehouse.audiences': listed.issuers.warehouse.audiences,
      'jwt.issuers.warehouse.authorized_parties': listed.issuers.warehouse.authorized_parties,
      'jwt.claims.roles': scoped.claims.roles,
      'jwt.role_scopes.clerk': scoped.role_scopes.clerk,
      'jwt.role_scopes.manager': scoped.role_scopes.manager,
      'jwt.without_scopes': scoped.without_scopes,
    },
  })
})
after(async () => {
  await world?.[Symbol.asyncDispose]()
  await evil[Symbol.asyncDispose]()
})

/** The claims that a row of the table speaks of. */
function claimsOf(says: string): object {
  const [, scope] = /^scope `(.+)`$/.exec(says) ?? []
  const [, role] = /^role `(\w+)`$/.exec(says) ?? []
  if (scope !== undefined) return { scope }
  if (role !== undefined) return { scope: undefined, realm_access: { roles: [role] } }
  return { scope: undefined, other: { realm_access: { roles: ['manager'] } } }
}

test(`${PAGE}: what a token may do is what the table says`, async () => {
  assert.equal(rows.length, 6)
  for (const [, says = '', get, post] of rows) {
    const token = evil.mint.access({ aud: 'shop-api', azp: 'robot', sub: says, ...claimsOf(says) })
    const headers = { authorization: `Bearer ${token}` }
    const nobody = world.visitor()
    const answers = [
      await nobody.get('/api/v1/products', headers),
      await nobody.post('/api/v1/products', { name: 'Lamp' }, headers),
    ]
    assert.deepEqual(
      answers.map(({ status }) => String(status)),
      [get, post],
      says,
    )
  }
})

test(`${PAGE}: a token for another audience or party is refused, as it says`, async () => {
  for (const claims of [
    { aud: 'api://default', azp: 'robot' },
    { aud: 'shop-api', azp: 'stranger' },
  ]) {
    const authorization = `Bearer ${evil.mint.access(claims)}`
    assert.equal((await world.visitor().get('/api/v1/products', { authorization })).status, 401)
  }
})

test(`${PAGE}: every block of settings is taken`, () => {
  const { jwt } = serviceSettings.shape
  for (const block of [listed, scoped]) assert.ok(jwt.safeParse(block).success)
  const faults = jwt.safeParse(asked).error?.issues.map(({ path }) => path.join('.'))
  // The secret comes from the environment, as `${…}` says.
  assert.deepEqual(faults, ['issuers.legacy.introspection.client_secret'])
})
