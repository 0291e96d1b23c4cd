import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { newId } from '../../kernel/index.ts'
import type { Holder, TokenWorld } from '../token-api/token-api.fixture.ts'
import { browserOf, openTokenWorld } from '../token-api/token-api.fixture.ts'

let tokens: TokenWorld
before(async () => {
  tokens = await openTokenWorld()
})
after(() => tokens?.[Symbol.asyncDispose]())

const ALL = '/api/v1/platform/sessions'
const ofPerson = (id: string) => `/api/v1/platform/people/${id}/sessions`

/** Somebody who administers the platform, signed in after they were made one. */
async function administrator(permissions: readonly string[]): Promise<Holder> {
  const { person, tenant } = await tokens.holder()
  await tokens.world.sql(
    'insert into plinth.platform_roles (person_id, permissions) values ($1, $2)',
    [person, permissions],
  )
  return tokens.holder({ person, tenant })
}

async function end(by: Holder, path: string) {
  const answer = await fetch(`${tokens.world.http.url}${path}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${by.access}` },
  })
  const body = (await answer.json()) as Readonly<Record<string, unknown>>
  return { status: answer.status, code: body['code'], count: body['revoked_count'] }
}

const isIn = async ({ access }: Holder) => (await tokens.get('/who', access)).status === 200

/** Waits for the news of the database; a test that waits too long is ended by its runner. */
async function untilOut(holder: Holder): Promise<void> {
  while (await isIn(holder)) await setTimeout(20)
  assert.equal((await tokens.refresh(holder.refresh)).status, 401)
}

test('v5.0.0-V7.4.5 an administrator of the platform signs one person out everywhere, and nobody else', async () => {
  const [admin, ana, bea] = [
    await administrator(['platform:end_sessions']),
    await tokens.holder(),
    await tokens.holder(),
  ]
  const inBrowser = await browserOf(tokens, ana)
  assert.deepEqual([await isIn(ana), await inBrowser()], [true, true])
  assert.deepEqual(await end(admin, ofPerson(ana.person)), {
    ...{ status: 200, code: undefined, count: 2 },
  })
  assert.deepEqual([await isIn(ana), await inBrowser()], [false, false], 'at once, in this process')
  assert.equal((await tokens.refresh(ana.refresh)).status, 401)
  assert.deepEqual([await isIn(bea), await isIn(admin)], [true, true])
  assert.equal((await end(admin, ofPerson(ana.person))).count, 0, 'again ends nothing more')
  assert.equal((await end(admin, ofPerson(newId()))).status, 404)
  assert.equal(await isIn(await tokens.holder(ana)), true, 'who may, signs in again')
  const rows = await tokens.world.sql(
    "select actor_id, data from plinth.audit_events where action = 'session.ended_for' and target_id = $1 order by id",
    [ana.person],
  )
  assert.deepEqual(rows[0], { actor_id: admin.person, data: { sessions: 2 } })
})

test('v5.0.0-V7.4.5 nobody else ends sessions: no owner of a tenant, no other permission, no sign-in of long ago', async () => {
  const ana = await tokens.holder()
  const owner = await tokens.holder({ tenant: ana.tenant, can: ['*', 'platform:end_sessions'] })
  const reader = await administrator(['platform:read_people', 'platform:manage_people'])
  for (const by of [owner, reader]) {
    for (const path of [ofPerson(ana.person), ALL])
      assert.deepEqual((await end(by, path)).code, 'access.not_permitted')
  }
  const admin = await administrator(['platform:*'])
  tokens.world.clock.advance(901_000)
  const { body } = await tokens.refresh(admin.refresh)
  for (const path of [ofPerson(ana.person), ALL]) {
    const late = await end({ ...admin, access: String(body['access_token']) }, path)
    assert.deepEqual([late.status, late.code], [401, 'access.insufficient_user_authentication'])
  }
  assert.equal((await tokens.refresh(ana.refresh)).status, 200)
})

test('v5.0.0-V7.4.5 everybody is signed out, also who asks, and it is audited', async () => {
  const [admin, ana, bea] = [
    await administrator(['platform:end_sessions']),
    await tokens.holder(),
    await tokens.holder(),
  ]
  const inBrowser = await browserOf(tokens, bea)
  assert.equal(await inBrowser(), true)
  const done = await end(admin, ALL)
  assert.equal(done.status, 200)
  assert.ok(Number(done.count) >= 4)
  for (const one of [ana, bea, admin]) await untilOut(one)
  while (await inBrowser()) await setTimeout(20)
  const [left] = await tokens.world.sql<{ n: number }>(
    'select count(*)::int as n from plinth.sessions where revoked_at is null',
  )
  assert.equal(left?.n, 0)
  const [row] = await tokens.world.sql<{ actor_id: string; data: { sessions: number } }>(
    "select actor_id, data from plinth.audit_events where action = 'session.ended_for_all'",
  )
  assert.deepEqual(row, { actor_id: admin.person, data: { sessions: done.count } })
})
