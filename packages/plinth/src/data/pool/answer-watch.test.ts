import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { TestDatabase } from '../../testing/database.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { watchAnswers } from './answer-watch.ts'

const LIMIT_MS = 1_000

let db: TestDatabase
before(async () => {
  db = await openTestDatabase()
})
after(() => db[Symbol.asyncDispose]())

async function connected(watch: ReturnType<typeof watchAnswers>): Promise<Client> {
  const client = new Client(db.appUrl)
  client.on('error', () => undefined)
  watch(client)
  await client.connect()
  return client
}

test('FI-09 a connection that owes an answer for too long is ended, and no other', async () => {
  const watch = watchAnswers(LIMIT_MS)
  const [silent, idle] = [await connected(watch), await connected(watch)]
  await idle.query('begin')
  const waited = Promise.all([silent.query('select pg_sleep(30)'), silent.query('select 1')])
  await assert.rejects(waited, /^Error: Query read timeout$/)
  await assert.rejects(silent.query('select 1'))
  // Nothing is owed between two statements of a transaction, however long its owner thinks.
  await sleep(LIMIT_MS * 1.5)
  assert.equal((await idle.query('select 1')).rowCount, 1)
  await idle.end()
})

test('FI-09 statements that follow each other closely are each given their time', async () => {
  const client = await connected(watchAnswers(LIMIT_MS))
  for (let at = 0; at < 5; at += 1) await client.query('select pg_sleep(0.3)')
  await assert.rejects(client.query('select 1 / 0'), /division by zero/)
  await sleep(LIMIT_MS * 1.5)
  assert.equal((await client.query('select 1')).rowCount, 1)
  await client.end()
})
