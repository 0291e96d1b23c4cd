import assert from 'node:assert/strict'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { Client, escapeIdentifier, escapeLiteral } from 'pg'
import type { Person, World } from '../../packages/plinth/src/testing/index.ts'
import { createPerson } from '../../packages/plinth/src/testing/person.ts'
import { startSecondProcess } from '../../packages/plinth/src/testing/second-process.ts'
import { until } from '../../packages/plinth/src/testing/until.ts'
import { productFeature } from '../../template/src/entities/product/product.ts'
import { templateWorld } from './browser-headers.ts'
import { openLostAnswerProxy } from './lost-answer-proxy.ts'
import { statusOf } from './service-process.ts'

let world: World
let admin: Client
before(async () => {
  world = await templateWorld()
  admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
})
after(async () => {
  await admin.end()
  await world[Symbol.asyncDispose]()
})

/** The same browser at another process. */
function at(url: string, person: Person): Person {
  const other = createPerson({ url, origin: world.service.config.app.base_url })
  for (const [name, value] of person.cookies) other.cookies.set(name, value)
  return other
}

test('FI-13 a COMMIT whose answer is lost: the same key tells what came of it, and it happened once', async () => {
  await using proxy = await openLostAnswerProxy(world.testDatabase.appUrl)
  await using process = await startSecondProcess(
    world,
    [],
    { 'database.url': proxy.url },
    { features: [productFeature] },
  )
  const ana = at(process.url, await world.signIn('ana'))
  await ana.refreshCsrf()
  const key = { 'idempotency-key': 'lost-1' }
  const lamp = { sku: 'LOST-1', name: 'Lamp', price: 1 }
  proxy.loseNextCommit()
  const unknown = await ana.post('/api/v1/products', lamp, key)
  assert.equal(proxy.lost(), 1)
  assert.equal(unknown.status, 503, 'neither success nor a refusal: nobody knows')
  assert.ok(Number(unknown.headers.get('retry-after')) > 0)
  const settled = await ana.post('/api/v1/products', lamp, key)
  assert.equal(settled.status, 201, JSON.stringify(settled.body))
  const again = await ana.post('/api/v1/products', lamp, key)
  assert.equal(again.headers.get('location'), settled.headers.get('location'))
  const { rows } = await admin.query(`select id from app.products where sku = 'LOST-1'`)
  assert.equal(rows.length, 1)
  assert.equal(settled.headers.get('location')?.endsWith(rows[0].id), true)
})

test('FI-15 the database’s password is rotated under load: no restart, 503 in the gap, readiness names it', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'plinth-rotated-'))
  const file = path.join(folder.path, 'password')
  const url = new URL(world.testDatabase.appUrl)
  const role = `rotated_${world.testDatabase.name}`.slice(0, 60)
  const say = (text: string) => admin.query(text)
  await say(
    `create role ${escapeIdentifier(role)} login password 'one' in role ${escapeIdentifier(url.username)}`,
  )
  try {
    await writeFile(file, 'one\n')
    Object.assign(url, { username: role, password: '' })
    await using process = await startSecondProcess(
      world,
      [],
      {
        'database.url': url.href,
        'database.password_file': file,
        'database.pool_timeout': 1,
      },
      { features: [productFeature] },
    )
    const ana = at(process.url, await world.signIn('ana'))
    const list = async () => (await ana.get('/api/v1/products')).status
    await until(async () => (await list()) === 200)
    await say(`alter role ${escapeIdentifier(role)} password 'two'`)
    assert.equal(await list(), 200, 'connections that stand go on')
    await say(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = ${escapeLiteral(role)}`,
    )
    await until(async () => (await list()) === 503)
    await until(async () => (await statusOf(`${process.url}/health/ready`)) === 503)
    assert.equal(await statusOf(`${process.url}/health/live`), 200)
    const { rows } = await admin.query(
      'select count(*)::int as n from pg_stat_activity where usename = $1',
      [role],
    )
    assert.ok(rows[0].n < 20, 'no storm of connections')
    await writeFile(file, 'two\n')
    await until(async () => (await list()) === 200)
    await until(async () => (await statusOf(`${process.url}/health/ready`)) === 200)
  } finally {
    await say(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = ${escapeLiteral(role)}`,
    )
    await say(`drop role ${escapeIdentifier(role)}`)
  }
})
