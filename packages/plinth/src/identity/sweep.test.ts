import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Log } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import { NIL_ID } from '../kernel/index.ts'
import { openIdentity, signInAt, startAt } from './identity.fixture.ts'
import { sweepJob } from './sessions/sweep.job.ts'

const log: Log = { info() {}, warn() {}, error() {} }

test('D9 the sweep takes sealed successors after the grace, and what can never be used again', async () => {
  await using world = await openIdentity()
  const { signal } = new AbortController()
  const actor = { kind: 'system', person: null, clientAddress: null, requestId: null } as const
  const sweep = () =>
    world.db.database.platform.transaction((tx) =>
      tx.inTenant(NIL_ID as Id<'tenant'>, (inside) =>
        sweepJob(world.clock).spec.handle({ tx: inside, input: {}, actor, log, signal }),
      ),
    )
  const left = async () =>
    (
      await world.sql(
        `select (select count(*)::int from plinth.sessions) as sessions,
                (select count(successor_sealed)::int from plinth.sessions) as sealed,
                (select count(*)::int from plinth.pending_logins) as pending,
                (select count(*)::int from plinth.link_offers) as offers`,
      )
    )[0]
  const ana = world.person()
  await signInAt(ana)
  await ana.post('/auth/web/refresh')
  await startAt(ana)
  await world.sql(
    `insert into plinth.link_offers
       (id, person_id, session_family_id, issuer, subject, provider, name, return_to, expires_at)
     select gen_random_uuid(), person_id, family_id, 'https://x.test', 's', 'x', 'n', '/', $1
       from plinth.sessions limit 1`,
    [new Date(world.clock.now() + 600_000).toISOString()],
  )
  await sweep()
  assert.deepEqual(await left(), { sessions: 2, sealed: 1, pending: 2, offers: 1 })
  world.clock.advance(11_000)
  await sweep()
  assert.deepEqual(await left(), { sessions: 2, sealed: 0, pending: 2, offers: 1 })
  world.clock.advance(600_000)
  await sweep()
  assert.deepEqual(await left(), { sessions: 2, sealed: 0, pending: 0, offers: 0 })
  world.clock.advance(86_400_000)
  await sweep()
  assert.deepEqual(await left(), { sessions: 0, sealed: 0, pending: 0, offers: 0 })
})
