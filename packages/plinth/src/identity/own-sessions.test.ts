import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { hashToken } from '../kernel/index.ts'
import type { Person } from '../testing/person.ts'
import type { IdentityWorld } from './identity.fixture.ts'
import { CHROME, COOKIE, callsTo, openIdentity, signInAt, withCookie } from './identity.fixture.ts'

let world: IdentityWorld
before(async () => {
  world = await openIdentity()
})
after(() => world[Symbol.asyncDispose]())
const { isSignedIn, send, signedIn } = callsTo(() => world)

interface Listed {
  readonly id: string
  readonly status: string
  readonly is_current: boolean
  readonly [field: string]: unknown
}

const list = async (person: Person) =>
  (await person.get<{ sessions: Listed[]; total: number }>('/auth/sessions')).body

const tokenOf = (person: Person) => person.cookies.get(COOKIE)

/** Somebody of whom nothing is left from earlier tests. */
async function fresh(): Promise<Person> {
  await world.sql('delete from plinth.sessions')
  return signedIn()
}

test('SB-33 v5.0.0-V7.5.2 a person sees where they are signed in, and which session this is', async () => {
  const here = await fresh()
  const there = world.person('Mozilla/5.0 (Macintosh) Firefox/150.0')
  await signInAt(there)
  const { sessions, total } = await list(here)
  assert.equal(total, 2)
  assert.deepEqual(Object.keys(sessions[0] ?? {}).sort(), [
    'created_at',
    'expires_at',
    'id',
    'ip_address',
    'is_current',
    'last_seen_at',
    'status',
    'user_agent',
  ])
  assert.deepEqual(
    sessions.map(({ user_agent, is_current, status }) => [user_agent, is_current, status]).sort(),
    [
      ['Mozilla/5.0 (Macintosh) Firefox/150.0', false, 'active'],
      [CHROME, true, 'active'],
    ],
  )
  assert.deepEqual(
    sessions.map(({ ip_address }) => ip_address),
    ['127.0.0.1', '127.0.0.1'],
  )
})

test('SB-33 a rotated id is no session of its own: one line, the day of sign-in, still the current one', async () => {
  const ana = await fresh()
  const before = await list(ana)
  world.clock.advance(1_000)
  await ana.post('/auth/web/refresh')
  const after = await list(ana)
  assert.equal(after.total, 1)
  assert.equal(after.sessions[0]?.['created_at'], before.sessions[0]?.['created_at'])
  assert.equal(after.sessions[0]?.is_current, true)
  // The id of before the rotation, from a page that was not loaded again, still names the session.
  const gone = await ana.delete(`/auth/sessions/${before.sessions[0]?.id}`)
  assert.equal(gone.status, 200)
  assert.equal(ana.cookies.size, 0)
})

test('SB-33 v5.0.0-V7.4.1 v5.0.0-V7.5.2 one session is ended: it is over at once, the others go on; again is 400', async () => {
  const [here, there, third] = [await fresh(), await signedIn(), await signedIn()]
  const { sessions } = await list(there)
  const { id } = sessions.find((one) => one.is_current) ?? { id: '' }
  const answer = await here.delete<{ revoked_at: string; revoked_count: number }>(
    `/auth/sessions/${id}`,
  )
  assert.equal(answer.status, 200)
  assert.equal(answer.body.revoked_count, 1)
  assert.ok(Math.abs(Date.parse(answer.body.revoked_at) - world.clock.now()) < 60_000)
  const tokens = [here, there, third].map(tokenOf)
  assert.deepEqual(await Promise.all(tokens.map((one) => isSignedIn(one))), [true, false, true])
  const again = await here.delete(`/auth/sessions/${id}`)
  assert.deepEqual([again.status, again.body['detail']], [400, 'Session already revoked'])
  assert.equal((await list(here)).sessions.find((one) => one.id === id)?.status, 'revoked')
})

test('SB-33 D23 all others are ended, in one audit row; nobody else’s', async () => {
  const [here, ...others] = [await fresh(), await signedIn(), await signedIn()]
  const ben = world.person()
  await signInAt(ben, 'testuser2')
  const answer = await here.delete('/auth/sessions')
  assert.deepEqual([answer.status, answer.body['revoked_count']], [200, 2])
  for (const other of others) assert.equal(await isSignedIn(tokenOf(other)), false)
  assert.equal(await isSignedIn(tokenOf(here)), true)
  assert.equal(await isSignedIn(tokenOf(ben)), true)
  const [row] = await world.sql<{ data: object; actor_kind: string }>(
    "select data, actor_kind from plinth.audit_events where action = 'session.revoked' order by occurred_at desc, id desc limit 1",
  )
  assert.deepEqual(row, { data: { sessions: 2 }, actor_kind: 'person' })
  assert.equal((await here.delete('/auth/sessions')).body['revoked_count'], 0)
})

test('SB-33 ending the session that asks signs out: 200 and the cookie is cleared', async () => {
  const here = await fresh()
  const token = tokenOf(here)
  const { sessions } = await list(here)
  assert.equal((await here.delete(`/auth/sessions/${sessions[0]?.id}`)).status, 200)
  assert.equal(here.cookies.size, 0)
  assert.equal(await isSignedIn(token), false)
})

test('SB-18 another person’s session and one that never was look the same, and nothing ends', async () => {
  const ana = await fresh()
  const ben = world.person()
  await signInAt(ben, 'testuser2')
  const { sessions } = await list(ben)
  const bodies = []
  for (const id of [sessions[0]?.id, '01890000-0000-7000-8000-000000000000']) {
    const { status, body } = await ana.delete(`/auth/sessions/${id}`)
    const { status: said, code, detail, title } = body
    bodies.push({ status, said, code, detail, title })
  }
  assert.deepEqual(bodies[0], bodies[1])
  assert.equal(bodies[0]?.status, 404)
  assert.equal(bodies[0]?.code, 'auth.unknown_session')
  assert.equal(await isSignedIn(tokenOf(ben)), true)
  assert.ok((await list(ana)).sessions.every(({ id }) => id !== sessions[0]?.id))
})

test('SB-18 the same statements run for another person’s session and for none', async () => {
  const ana = await fresh()
  const ben = world.person()
  await signInAt(ben, 'testuser2')
  const { sessions } = await list(ben)
  const cost = async (id: string) => {
    const { statistics } = world.db.database
    await ana.delete(`/auth/sessions/${id}`)
    return world.db.database.statistics.statements - statistics.statements
  }
  await ana.refreshCsrf()
  const foreign = await cost(sessions[0]?.id ?? '')
  assert.equal(foreign, await cost('01890000-0000-7000-8000-000000000000'))
})

test('SB-19 lists of sessions that a browser brings along have no effect', async () => {
  const [ana, ben] = [await fresh(), world.person()]
  await signInAt(ben, 'testuser2')
  const [own, other] = [tokenOf(ana), tokenOf(ben)]
  const [row] = await world.sql<{ id: string }>(
    'select id from plinth.sessions where id_hash = $1',
    [hashToken('session', other ?? '')],
  )
  const forged = [
    `${COOKIE}s=${other}`,
    `${COOKIE}.0=${other}`,
    `${COOKIE}[]=${other}`,
    `multi_session=${other}.${'A'.repeat(43)}`,
    `session_list=${encodeURIComponent(JSON.stringify([row?.id]))}`,
    `current_session=${row?.id}`,
  ].join('; ')
  const me = await send('GET', '/auth/web/me', { cookie: forged })
  assert.equal(me.body['authenticated'], false, 'no list signs anybody in')
  const seen = await send('GET', '/auth/sessions', { cookie: `${COOKIE}=${own}; ${forged}` })
  assert.equal(seen.body['total'], 1, 'and none adds to one’s own')
})

test('D9 within the grace the old id reads, and ends nobody’s session', async () => {
  const [ana, other] = [await fresh(), await signedIn()]
  const [old, csrf] = [tokenOf(ana), await ana.refreshCsrf()]
  await ana.post('/auth/web/refresh')
  assert.equal((await send('GET', '/auth/sessions', withCookie(old))).status, 200)
  const { sessions } = await list(other)
  const current = sessions.find((one) => one.is_current)
  for (const path of ['/auth/sessions', `/auth/sessions/${current?.id}`]) {
    const answer = await send('DELETE', path, withCookie(old, { 'x-csrf-token': csrf }))
    assert.deepEqual([answer.status, answer.body['code']], [401, 'auth.invalid_session'])
  }
  assert.equal(await isSignedIn(tokenOf(other)), true)
})

test('D7 a cookie in another kind of browser ends nobody’s session', async () => {
  const [ana, other] = [await fresh(), await signedIn()]
  const headers = withCookie(tokenOf(ana), {
    'x-csrf-token': await ana.refreshCsrf(),
    'user-agent': 'curl/8',
  })
  assert.equal((await send('DELETE', '/auth/sessions', headers)).status, 401)
  assert.equal(await isSignedIn(tokenOf(other)), true)
})

test('v5.0.0-V7.5.2 ending sessions needs a sign-in of the last quarter of an hour; looking does not', async () => {
  const [ana, other] = [await fresh(), await signedIn()]
  world.clock.advance(901_000)
  try {
    const refused = await ana.delete('/auth/sessions')
    assert.equal(refused.status, 401)
    assert.match(refused.headers.get('www-authenticate') ?? '', /insufficient_user_authentication/)
    assert.equal((await ana.get('/auth/sessions')).status, 200)
    assert.equal(await isSignedIn(tokenOf(other)), true)
  } finally {
    world.clock.advance(-901_000)
  }
})

test('v5.0.0-V7.2.1 nobody is 401, and so is an id that is none', async () => {
  assert.equal((await send('GET', '/auth/sessions')).status, 401)
  assert.equal((await send('GET', '/auth/sessions', withCookie('A'.repeat(43)))).status, 401)
})

/** Waits until a statement of the service waits for a lock. */
async function untilBlocked(): Promise<void> {
  for (let at = 0; at < 2_000; at += 1) {
    const waiting = await world.sql(
      `select 1 from pg_catalog.pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (waiting.length > 0) return
    await sleep(5)
  }
  assert.fail('nothing waits')
}

const aliveBeside = (person: Person) =>
  world.sql(
    `select id from plinth.sessions
      where revoked_at is null and rotated_at is null and id_hash <> $1`,
    [hashToken('session', tokenOf(person) ?? '')],
  )

test('SB-33 SB-30 a rotation that is under way when its session is ended: its successor ends too', async () => {
  const [here, there] = [await fresh(), await signedIn()]
  const hash = hashToken('session', tokenOf(there) ?? '')
  const rotating = new Client(world.db.adminUrl)
  await rotating.connect()
  await rotating.query('begin')
  await rotating.query('select id from plinth.sessions where id_hash = $1 for update', [hash])
  await rotating.query('update plinth.sessions set rotated_at = now() where id_hash = $1', [hash])
  await rotating.query(
    `insert into plinth.sessions (id, id_hash, family_id, person_id, provider, fingerprint,
       authenticated_at, last_seen_at, expires_at, absolute_expires_at)
     select gen_random_uuid(), '\\x01', family_id, person_id, provider, fingerprint,
            authenticated_at, last_seen_at, expires_at, absolute_expires_at
       from plinth.sessions where id_hash = $1`,
    [hash],
  )
  const ending = here.delete('/auth/sessions')
  await untilBlocked()
  await rotating.query('commit')
  await rotating.end()
  assert.equal((await ending).body['revoked_count'], 1)
  assert.deepEqual(await aliveBeside(here), [])
})

test('SB-33 SB-30 a rotation that begins while its session is being ended gives no new id', async () => {
  const [here, there] = [await fresh(), await signedIn()]
  // The family's first row is no longer the one in use: the lock must be on the family.
  await there.post('/auth/web/refresh')
  await there.refreshCsrf()
  const [row] = await world.sql<{ family_id: string }>(
    'select family_id from plinth.sessions where id_hash = $1',
    [hashToken('session', tokenOf(there) ?? '')],
  )
  const ending = new Client(world.db.adminUrl)
  await ending.connect()
  await ending.query('begin')
  await ending.query('select id from plinth.sessions where id = $1 for update', [row?.family_id])
  let answered = false
  const refreshing = there.post('/auth/web/refresh').finally(() => {
    answered = true
  })
  await untilBlocked()
  assert.equal(answered, false)
  await ending.query('update plinth.sessions set revoked_at = now() where family_id = $1', [
    row?.family_id,
  ])
  await ending.query('commit')
  await ending.end()
  assert.equal((await refreshing).status, 401)
  assert.deepEqual(await aliveBeside(here), [])
})
