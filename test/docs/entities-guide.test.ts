import assert from 'node:assert/strict'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { AnyEntity, Db } from '../../packages/plinth/src/data/index.ts'
import {
  catalogueFaults,
  declarationFaults,
  migrationForAll,
} from '../../packages/plinth/src/data/index.ts'
import { newId } from '../../packages/plinth/src/kernel/index.ts'
import { openTestDatabase } from '../../packages/plinth/src/testing/database.ts'
import { ROOT, read } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const PAGE = 'docs/guides/entities.md'
const blocks = blocksOf(PAGE)
const codeOf = (language: string) =>
  blocks.filter((block) => block.language === language).map(({ code }) => code)

let folder: string
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plinth-guide-'))
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}')
})
after(() => rm(folder, { recursive: true, force: true }))

async function load(name: string, code: string): Promise<Readonly<Record<string, unknown>>> {
  const file = path.join(folder, name)
  await writeFile(file, code)
  return import(pathToFileURL(file).href)
}

const isEntity = (value: unknown): value is AnyEntity =>
  typeof value === 'object' && value !== null && 'declaration' in value

const wrong = codeOf('ts').filter((code) => code.includes("'nmae'"))
const right = codeOf('ts').filter((code) => !wrong.includes(code))

test('docs/guides/entities.md: every declaration makes its table, and the old table becomes one', async () => {
  const found = await Promise.all(right.map((code, at) => load(`guide-${at}.ts`, code)))
  const named = Object.assign({}, ...found)
  const entities = Object.values(named).filter(isEntity)
  assert.ok(entities.length >= right.length)
  const [adoption = '', numbered = ''] = codeOf('sql')
  const old =
    'create schema billing; create table billing.invoices (invoice_id uuid primary key, org_id uuid not null, total bigint not null); create table billing.payments (id serial primary key, amount bigint not null);'
  const here = entities.filter(({ declaration }) => declaration.migrated === 'here')
  await using db = await openTestDatabase({
    sql: migrationForAll(here).up + old + adoption + numbered,
  })
  const { platform } = db.database
  assert.deepEqual(await declarationFaults(platform, entities), [])
  assert.deepEqual(await catalogueFaults(platform, entities), [])
  const { invoice } = named
  assert.ok(isEntity(invoice))
  const tenant: Db = db.database.forTenant(newId<'tenant'>())
  const row = await invoice.insert(tenant, { total: 5 })
  assert.equal((await invoice.update(tenant, row.id, { total: 6 })).version, 2)
  assert.equal(await invoice.find(db.database.forTenant(newId<'tenant'>()), row.id), undefined)
  const { payment } = named
  assert.ok(isEntity(payment))
  const paid = await payment.insert(tenant, { amount: 5 })
  assert.equal((await payment.update(tenant, paid.id, { amount: 6 })).version, 2)
})

test('docs/guides/entities.md: what it says of personal data and of mistakes is what happens', async () => {
  const withPersons = right.find((code) => code.includes('withoutPii'))
  const { exported } = await load('persons.ts', withPersons ?? '')
  assert.deepEqual(exported, { company: 'Acme', email: '[personal]' })
  const [said = ''] = codeOf('text')
  await assert.rejects(load('wrong.ts', wrong.join()), { message: said.trim() })
})

test('docs/guides/entities.md: it names every option', () => {
  const options = read('packages/plinth/src/data/entity/options.ts')
  const names = [...options.matchAll(/^ {2}readonly (\w+)\?/gm)].map(([, name = '']) => name)
  assert.ok(names.length > 10)
  const guide = read(PAGE)
  assert.deepEqual(
    names.filter((name) => !guide.includes(`${name}:`) && !guide.includes(`\`${name}\``)),
    [],
  )
})
