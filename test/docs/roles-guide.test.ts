import assert from 'node:assert/strict'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { serviceSettings } from '../../packages/plinth/src/compose/settings.ts'
import type { Feature } from '../../packages/plinth/src/feature/index.ts'
import { seedAdministrator } from '../../packages/plinth/src/identity/index.ts'
import { builtInRoles } from '../../packages/plinth/src/tenancy/index.ts'
import type { Answer, Person, World } from '../../packages/plinth/src/testing/index.ts'
import { startWorld } from '../../packages/plinth/src/testing/index.ts'
import { ROOT, read } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

/** One cell of a line: quoted where it holds a comma. */
const CELL = /(?<=^|,)("(?:[^"]|"")*"|[^,]*)(?=,|$)/g

const PAGE = 'docs/guides/roles.md'
const guide = read(PAGE)
const blocks = blocksOf(PAGE)

let folder = ''
let world: World
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plinth-roles-'))
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  const [code] = blocks.filter(({ language }) => language === 'ts')
  await writeFile(path.join(folder, 'notes.ts'), code?.code ?? '')
  const { notes }: { notes: Feature } = await import(path.join(folder, 'notes.ts'))
  world = await startWorld({ features: [notes], settings: { 'tenancy.mode': 'organisations' } })
})
after(async () => {
  await world?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const idOf = async (name: string): Promise<string> => {
  const { rows } = await world.database.platform.query<{ id: string }>(
    'select id from plinth.people where name = $1',
    [name],
  )
  return rows[0]?.id ?? ''
}

function send(person: Person, code: string, names: Readonly<Record<string, string>>) {
  const [head = '', ...body] = code.trim().split('\n')
  const [method = '', template = ''] = head.split(' ')
  const url = template.replaceAll(/\{(\w+)\}/g, (_, name) => names[name] ?? '')
  const given: object = body.length === 0 ? {} : JSON.parse(body.join('\n'))
  const calls: Readonly<Record<string, () => Promise<Answer>>> = {
    GET: () => person.get(url),
    POST: () => person.post(url, given),
    PUT: () => person.put(url, given),
    PATCH: () => person.patch(url, given),
    DELETE: () => person.delete(url),
  }
  const call = calls[method]
  assert.ok(call, code)
  return call()
}

test(`${PAGE}: every request on the page does what it says`, async () => {
  const [seed] = blocks.filter(({ language }) => language === 'sh')
  const email = /--admin-email (\S+)/.exec(seed?.code ?? '')?.[1]
  await world.signIn('ana')
  const { platform } = world.database
  const seeded = await seedAdministrator(
    { platform, clock: world.clock, mode: 'organisations' },
    { email },
  )
  assert.equal(seeded.code, 'seeded')
  const ana = await world.signIn('ana')
  const ben = await world.signIn('ben', { can: ['note:read'] })
  const names: Record<string, string> = { person: await idOf('ben') }
  const moderates = async () => (await ben.get('/notes')).body?.['moderator']
  const seen: unknown[] = []
  for (const { code } of blocks.filter(({ language }) => language === 'http')) {
    const { status, body } = await send(ana, code, names)
    assert.ok(status < 300, `${code} ${status} ${JSON.stringify(body)}`)
    if (code.startsWith('POST /api/v1/roles')) names['role'] = String(body['id'])
    seen.push(await moderates())
  }
  // A permission, the role, a wildcard for it, given, listed, withdrawn, switched off, taken, deleted.
  assert.deepEqual(seen, [false, false, false, true, true, false, false, false, false])
})

test(`${PAGE}: own and ownOrCan are as the page says`, async () => {
  const reader = await world.signIn('cleo', { can: ['note:read'] })
  const moderator = await world.signIn('dan', { can: ['note:*'] })
  const [cleo, dan] = [await idOf('cleo'), await idOf('dan')]
  const statuses = async (who: Person, author: string) => [
    (await who.post('/notes/remove', { author })).status,
    (await who.post('/notes/pin', { author })).status,
  ]
  assert.deepEqual(await statuses(reader, cleo), [204, 204])
  assert.deepEqual(await statuses(reader, dan), [403, 403])
  assert.deepEqual(await statuses(moderator, cleo), [204, 403])
})

test(`v5.0.0-V8.1.1 ${PAGE}: the roles on the page are those that every tenant has, and the rules are a file`, () => {
  for (const { name, grants } of builtInRoles)
    assert.ok(
      guide.includes(`| \`${name}\` | ${grants.map((one) => `\`${one}\``).join(', ')} |`),
      name,
    )
  const [head = '', ...lines] = read('docs/authorization.csv').trim().split('\n')
  assert.equal(
    head,
    'method,path,access,step_up,takes,shows,nobody,member,admin,auditor,operator,support,owner,platform_administrator',
  )
  const served = world.service.census().filter(({ url }) => !url.startsWith('/notes'))
  for (const { method, url } of served)
    assert.ok(
      lines.some((line) => line.startsWith(`${method},${url},`)),
      `${method} ${url}`,
    )
})

test(`v5.0.0-V8.1.2 ${PAGE}: the file names the fields that each route takes and shows`, () => {
  const lines = read('docs/authorization.csv').trim().split('\n')
  const line = (start: string) => lines.find((one) => one.startsWith(start)) ?? ''
  assert.match(
    line('POST,/api/v1/roles,'),
    /,name description is_active permissions,id name description is_active built_in permissions /,
  )
  assert.match(line('GET,/api/v1/roles,'), /,items\.id items\.name /)
  const takes = lines.map((one) => [...one.matchAll(CELL)][4]?.[1] ?? '')
  for (const fixed of ['tenant_id', 'built_in', 'email_verified', 'created_at', 'created_by'])
    assert.ok(
      !takes.some((fields) => fields.split(' ').includes(fixed)),
      `${fixed} is taken from a client`,
    )
})

test(`v5.0.0-V8.1.3 v5.0.0-V8.1.4 ${PAGE}: what counts beside permissions names the settings that decide it`, () => {
  const [, table = ''] = guide.split('## What counts beside permissions')
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.includes('Looked at'))
  assert.equal(rows.length, 8)
  const { shape } = serviceSettings
  assert.ok('fingerprint' in shape.sessions.shape && 'rate_limiter' in shape)
  for (const row of rows) assert.match(row, /40[0134]|403|429/, row)
})
