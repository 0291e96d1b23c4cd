import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import { openTestDatabase } from '../testing/database.ts'
import { auditStatement, record, recordOutside } from './index.ts'

const actor = {
  kind: 'anonymous',
  person: null,
  clientAddress: '127.0.0.1',
  requestId: 'r',
} as const
const event = (action: string) => ({ action, outcome: 'denied', reason: 'why' }) as const

test('V16.4.2 the app role can write and read audit rows, and neither change nor remove them', async () => {
  await using db = await openTestDatabase()
  const { platform } = db.database
  await recordOutside(platform, actor, event('a.one'))
  for (const text of [
    "update plinth.audit_events set action = 'x'",
    'delete from plinth.audit_events',
    'truncate plinth.audit_events',
  ]) {
    await assert.rejects(platform.query(text))
  }
  const { rows } = await platform.query<{ action: string }>(
    'select action from plinth.audit_events',
  )
  assert.deepEqual(rows, [{ action: 'a.one' }])
})

test('an event of a change disappears with it; one of a refusal stays although the caller rolls back', async () => {
  await using db = await openTestDatabase()
  const { platform } = db.database
  const work = platform.transaction(async (tx) => {
    await record(tx, actor, event('a.rolled_back'))
    await recordOutside(platform, actor, event('a.refused'))
    throw new Error('no')
  })
  await assert.rejects(work, /no/)
  const { rows } = await platform.query<{ action: string }>(
    'select action from plinth.audit_events',
  )
  assert.deepEqual(rows, [{ action: 'a.refused' }])
})

test('TN each event lies in its tenant, and one tenant does not see another', async () => {
  await using db = await openTestDatabase()
  const { database } = db
  const [one, two] = [newId<'tenant'>(), newId<'tenant'>()]
  const seen = async (tenant: Id<'tenant'>) =>
    (
      await database
        .forTenant(tenant)
        .query<{ action: string }>('select action from plinth.audit_events')
    ).rows
  await database.forTenant(one).batch([auditStatement(one, actor, event('a.in_batch'))])
  await database.forTenant(one).transaction((tx) => record(tx, actor, event('a.in_tx')))
  await recordOutside(database.platform, actor, event('a.outside'), one)
  assert.deepEqual((await seen(one)).map(({ action }) => action).toSorted(), [
    'a.in_batch',
    'a.in_tx',
    'a.outside',
  ])
  assert.deepEqual(await seen(two), [])
  await assert.rejects(
    database.forTenant(two).batch([auditStatement(one, actor, event('a.forged'))]),
  )
})
