import assert from 'node:assert/strict'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { IdentityHooks } from '../../packages/plinth/src/identity/index.ts'
import type { EvilProvider, Person, World } from '../../packages/plinth/src/testing/index.ts'
import { startEvilProvider, startWorld } from '../../packages/plinth/src/testing/index.ts'
import { ROOT, read } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const PAGE = 'docs/guides/hooks.md'
let folder: string
let evil: EvilProvider
let world: World
let hooks: IdentityHooks
let owner: Person
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plinth-guide-'))
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}')
  const [code = ''] = blocksOf(PAGE).map((block) => block.code)
  await writeFile(path.join(folder, 'hooks.ts'), code)
  const loaded: { hooks: IdentityHooks } = await import(
    pathToFileURL(path.join(folder, 'hooks.ts')).href
  )
  hooks = loaded.hooks
  evil = await startEvilProvider()
  world = await startWorld({
    features: [],
    providers: [evil],
    hooks,
    settings: { 'tenancy.mode': 'organisations' },
  })
  owner = await world.signIn('owner', { tenant: 'acme' })
})
after(async () => {
  await world?.[Symbol.asyncDispose]()
  await evil[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function tenant(slug: string): Promise<string> {
  const { rows } = await world.database.platform.query<{ id: string }>(
    'select id from plinth.tenants where slug = $1',
    [slug],
  )
  return rows[0]?.id ?? ''
}

test(`${PAGE}: the table names every hook, and the example has each`, () => {
  const named = [...read(PAGE).matchAll(/^\| .+ \| `(\w+)` \|$/gm)].map(([, name]) => name)
  assert.deepEqual(named.toSorted(), Object.keys(hooks).toSorted())
})

test(`${PAGE}: mapClaims and signInSlots`, async () => {
  const person = world.visitor()
  evil.next('token', { claims: { display: 'Ana of the claims' } })
  await evil.signIn(person)
  const { body } = await person.get<{ user: { name: string } }>('/auth/web/me')
  assert.equal(body.user.name, 'Ana of the claims')
  const page = await world.visitor().get<string>('/auth/sign-in', { accept: 'text/html' })
  for (const words of ['For the people of Example Ltd.', 'Trouble? Call 4711.'])
    assert.ok(String(page.body).includes(words), words)
})

test(`${PAGE}: checkInvitation refuses by address and role`, async () => {
  const path = `/tenants/${await tenant('acme')}/invitations`
  const invite = async (email: string, role: string) =>
    (await owner.post(path, { email, role })).status
  assert.equal(await invite('ben@elsewhere.test', 'admin'), 403)
  assert.equal(await invite('ben@example.com', 'admin'), 201)
})

test(`${PAGE}: checkKey refuses a request that the key is not for`, async () => {
  const wish = { type: 'user', name: 'night', scopes: ['tenant:*'], metadata: { night: true } }
  const { status, body } = await owner.post<{ key: string }>('/api/v1/api-keys', wish)
  assert.equal(status, 201, JSON.stringify(body))
  const key = { 'x-api-key': body.key }
  assert.equal((await world.visitor().get('/tenants', key)).status, 200)
  assert.equal((await world.visitor().post('/tenants', { name: 'X' }, key)).status, 401)
})

test(`${PAGE}: mails in the words of the service`, () => {
  const link = 'https://shop.example.com/x'
  const mail = hooks.mails?.({ name: 'account.password_reset', data: { link } })
  assert.equal(mail?.subject, 'Neues Passwort')
  assert.equal(hooks.mails?.({ name: 'account.new_device', data: {} }), undefined)
})
