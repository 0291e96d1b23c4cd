import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../kernel/index.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { databaseSettings, openDatabase } from '../index.ts'
import { roleStanding, versionFault } from './role-standing.ts'

const log = { info() {}, warn() {}, error() {} }

async function standingAt(url: string) {
  const database = openDatabase({
    settings: databaseSettings.parse({ url }),
    clock: systemClock,
    log,
  })
  try {
    return await roleStanding(database.platform)
  } finally {
    await database.close()
  }
}

test('TN-39 the app role is bound, the owner is bound and named, a superuser is refused', async () => {
  await using db = await openTestDatabase()
  assert.deepEqual(await standingAt(db.appUrl), { code: 'bound', ownsTables: false })
  assert.deepEqual(await standingAt(db.ownerUrl), { code: 'bound', ownsTables: true })
  const refused = await standingAt(db.adminUrl)
  assert.equal(refused.code, 'refused')
  assert.match(refused.code === 'refused' ? refused.sentence : '', /superuser.*plinth db setup/)
})

test('TN-36 a server with known faults in row-level security is refused', () => {
  assert.match(versionFault(150_013) ?? '', /15\.14/)
  assert.match(versionFault(140_020) ?? '', /to 15 or newer/)
  assert.equal(versionFault(150_014), undefined)
  assert.equal(versionFault(180_004), undefined)
})
