import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newToken } from '../../kernel/index.ts'
import { ORIGIN } from '../identity.fixture.ts'
import type { Holder, TokenWorld, Told } from './token-api.fixture.ts'
import { inCookie, openTokenWorld } from './token-api.fixture.ts'

let tokens: TokenWorld
before(async () => {
  tokens = await openTokenWorld()
})
after(() => tokens?.[Symbol.asyncDispose]())

const GRACE_MS = 10_000
/** The clock of a test goes on by itself: so close to an end a slow machine stays on the right side. */
const SLACK_MS = 60_000
const next = (told: Told): string => {
  assert.equal(told.status, 200, JSON.stringify(told.body))
  return String(told.body['refresh_token'])
}
const detail = ({ status, body }: Told) => [status, body['detail']]
const INVALID = [401, 'Invalid refresh token']
const REUSED = [401, 'Refresh token reuse detected']
const EXPIRED = [401, 'Refresh token expired']
const later = (ms: number) => tokens.world.clock.advance(ms)
const events = (holder: Holder) =>
  tokens.world.sql<{ action: string; reason: string | null }>(
    `select action, reason from plinth.audit_events where target_id = $1 order by id`,
    [holder.session],
  )
const isDead = async (holder: Holder) => {
  assert.equal((await tokens.get('/who', holder.access)).status, 401)
}

test('RR-03 RR-06 contract 5 a retry inside the grace gets the same successor', async () => {
  const ana = await tokens.holder()
  const first = await tokens.refresh(ana.refresh)
  const successor = next(first)
  later(GRACE_MS - 6_000)
  assert.equal(next(await tokens.refresh(ana.refresh)), successor)
  assert.notEqual(next(await tokens.refresh(successor)), successor)
  assert.equal((await tokens.get('/who', String(first.body['access_token']))).status, 200)
})

test('RR-02 v5.0.0-V10.4.5 reuse after the grace ends the sign-in, is audited, and is told', async () => {
  const ana = await tokens.holder()
  const successor = next(await tokens.refresh(ana.refresh))
  later(GRACE_MS)
  assert.deepEqual(detail(await tokens.refresh(ana.refresh)), REUSED)
  assert.deepEqual(detail(await tokens.refresh(successor)), INVALID)
  await isDead(ana)
  const told = tokens.world.mails.filter(({ to }) => to === `${ana.person}@acme.test`)
  assert.deepEqual(
    told.map(({ template }) => template),
    ['account.refresh_token_reused'],
  )
  assert.deepEqual((await events(ana)).at(-1), {
    action: 'authn.token_reuse',
    reason: 'refresh_token_replayed',
  })
})

test('RR-09 thief first, victim second: the token of the thief dies too', async () => {
  const ana = await tokens.holder()
  const thief = next(await tokens.refresh(ana.refresh))
  const leaf = next(await tokens.refresh(thief))
  later(GRACE_MS + 1)
  assert.deepEqual(detail(await tokens.refresh(ana.refresh)), REUSED)
  for (const token of [thief, leaf]) assert.deepEqual(detail(await tokens.refresh(token)), INVALID)
})

test('RR-10 a token five generations old ends the sign-in', async () => {
  const ana = await tokens.holder()
  const line = [ana.refresh]
  for (let generation = 0; generation < 5; generation += 1) {
    line.push(next(await tokens.refresh(line.at(-1))))
  }
  later(GRACE_MS)
  assert.deepEqual(detail(await tokens.refresh(line[0])), REUSED)
  assert.deepEqual(detail(await tokens.refresh(line[5])), INVALID)
})

test('RR-13 v5.0.0-V10.4.8 idle and absolute ends are exact, and no refresh passes the absolute one', async () => {
  const day = 86_400_000
  const idle = await tokens.holder()
  later(30 * day - SLACK_MS)
  const successor = next(await tokens.refresh(idle.refresh))
  later(30 * day)
  assert.deepEqual(detail(await tokens.refresh(successor)), EXPIRED)
  await isDead(idle)

  const busy = await tokens.holder()
  let token = busy.refresh
  for (let step = 0; step < 4; step += 1) {
    later(20 * day)
    token = next(await tokens.refresh(token))
  }
  later(10 * day - 2 * SLACK_MS)
  token = next(await tokens.refresh(token))
  later(2 * SLACK_MS)
  assert.deepEqual(detail(await tokens.refresh(token)), EXPIRED)
})

test('RR-14 nothing wider can be asked for at a refresh', async () => {
  const ana = await tokens.holder()
  for (const wish of [{ scope: '*' }, { audience: 'other' }, { tenant_id: ana.tenant }]) {
    const told = await tokens.post('/auth/refresh', { refresh_token: ana.refresh, ...wish })
    assert.equal(told.status, 422)
  }
  const { body } = await tokens.refresh(ana.refresh)
  const who = await tokens.get('/who', String(body['access_token']))
  assert.deepEqual(who.body['permissions'], ['stock:read'])
  const elsewhere = {
    authorization: `Bearer ${body['access_token']}`,
    'x-tenant-id': (await tokens.holder()).tenant,
  }
  const answer = await fetch(`${tokens.world.http.url}/stock`, { headers: elsewhere })
  assert.equal(answer.status, 404)
})

test('RR-17 a refresh token is no access token, no key, no CSRF token and no session', async () => {
  const ana = await tokens.holder()
  const { url } = tokens.world.http
  const as = async (headers: Record<string, string>) =>
    (await fetch(`${url}/who`, { headers })).status
  assert.equal(await as({ authorization: `Bearer ${ana.refresh}` }), 401)
  assert.equal(await as({ 'x-api-key': ana.refresh }), 401)
  assert.equal(await as({ cookie: `user_session_id=${ana.refresh}` }), 401)
  const csrf = await tokens.post('/auth/refresh', undefined, inCookie(ana.refresh, ana.refresh))
  assert.deepEqual([csrf.status, String(csrf.body['detail']).includes('CSRF')], [403, true])
  assert.deepEqual(detail(await tokens.refresh(ana.access)), INVALID)
  assert.equal((await tokens.refresh(ana.refresh)).status, 200)
})

test('RR-18 D5 a token in the body and one in the cookie are refused together, equal or not', async () => {
  const ana = await tokens.holder()
  for (const token of [ana.refresh, newToken()]) {
    const told = await tokens.refresh(ana.refresh, inCookie(token, ana.csrf))
    assert.equal(told.status, 400)
  }
  assert.equal((await tokens.refresh(ana.refresh)).status, 200)
})

test('RR-19 D4 the cookie needs our origin and the CSRF token of its own sign-in', async () => {
  const ana = await tokens.holder()
  const bea = await tokens.holder()
  const good = inCookie(ana.refresh, ana.csrf)
  const refused: Record<string, string>[] = [
    { cookie: good['cookie'] ?? '' },
    { ...good, origin: 'https://evil.test' },
    { ...good, origin: 'null' },
    inCookie(ana.refresh),
    inCookie(ana.refresh, ''),
    inCookie(ana.refresh, bea.csrf),
    { ...good, 'sec-fetch-site': 'cross-site' },
  ]
  for (const path of ['/auth/refresh', '/auth/logout']) {
    for (const headers of refused) {
      assert.equal(
        (await tokens.post(path, undefined, headers)).status,
        403,
        JSON.stringify(headers),
      )
    }
  }
  assert.equal((await tokens.post('/auth/refresh', undefined, good)).status, 200)
})

test('RR-20 the cookie is as documented, and its token is in no answer', async () => {
  const ana = await tokens.holder()
  const told = await tokens.post('/auth/refresh', undefined, inCookie(ana.refresh, ana.csrf))
  const [cookie = ''] = told.headers.getSetCookie()
  assert.match(
    cookie,
    /^refresh_token=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
  )
  const [value = ''] = /[\w-]{43}/.exec(cookie) ?? []
  assert.equal(told.body['refresh_token'], null)
  assert.ok(!JSON.stringify(told.body).includes(value))
  assert.equal(told.headers.get('cache-control'), 'no-store')
  const gone = await tokens.post('/auth/logout', undefined, inCookie(value, ana.csrf))
  assert.equal(gone.status, 200)
  assert.match(gone.headers.getSetCookie()[0] ?? '', /^refresh_token=; Max-Age=0;/)
})

test('RR-21 what is stored is worth nothing: hashes, family, generation, expiry', async () => {
  const ana = await tokens.holder()
  const successor = next(await tokens.refresh(ana.refresh))
  const rows = await tokens.world.sql<Record<string, unknown>>(
    'select * from plinth.refresh_tokens where session_id = $1 order by generation',
    [ana.session],
  )
  assert.deepEqual(
    rows.map((row) => [row['generation'], row['used_at'] !== null]),
    [
      [0, true],
      [1, false],
    ],
  )
  const dump = rows.map((row) =>
    Object.values(row)
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))
      .join(' '),
  )
  for (const token of [ana.refresh, successor]) {
    assert.ok(!dump.join().includes(token))
    assert.ok(!dump.join().includes(Buffer.from(token, 'base64url').toString('latin1')))
  }
})

test('RR-22 garbage is a 401', async () => {
  const odd: unknown[] = [
    '',
    'x',
    'x'.repeat(10_000),
    5,
    true,
    ['a'],
    { a: 1 },
    newToken(),
    `${newToken()}=`,
  ]
  for (const token of odd) {
    const told = await tokens.refresh(token, { 'x-forwarded-for': '203.0.113.9' })
    assert.deepEqual(detail(told), INVALID, JSON.stringify(token))
  }
  assert.deepEqual(detail(await tokens.refresh(null)), [401, 'Missing refresh token'])
  assert.deepEqual(detail(await tokens.post('/auth/refresh', {})), [401, 'Missing refresh token'])
  assert.deepEqual(detail(await tokens.post('/auth/refresh', undefined)), [
    401,
    'Missing refresh token',
  ])
  const jwt = 'eyJhbGciOiJIUzI1NiJ9.e30.Cp2VPybU8lHDSwd4_Sy8fxW_U-baofjAO2N9rUr_qVQ'
  assert.deepEqual(detail(await tokens.refresh(jwt)), INVALID)
  const two = { cookie: `refresh_token=a; refresh_token=b`, origin: ORIGIN, 'x-csrf-token': 'x' }
  assert.deepEqual(detail(await tokens.post('/auth/refresh', undefined, two)), INVALID)
})

test('RR-24 a clock that was set back revives nothing', async () => {
  const ana = await tokens.holder()
  const successor = next(await tokens.refresh(ana.refresh))
  later(-3_600_000)
  assert.deepEqual(detail(await tokens.refresh(ana.refresh)), REUSED)
  assert.deepEqual(detail(await tokens.refresh(successor)), INVALID)
  later(3_600_000)
  assert.deepEqual(detail(await tokens.refresh(successor)), INVALID)
})

test('RR-27 RR-28 v5.0.0-V10.4.9 two devices are two families, and one ends without the other', async () => {
  const phone = await tokens.holder()
  const laptop = await tokens.holder({ person: phone.person, tenant: phone.tenant })
  const elsewhere = await tokens.holder()
  const listed = await tokens.get('/auth/sessions', laptop.access)
  assert.equal(listed.body['total'], 2, JSON.stringify(listed.body))
  const end = (id: string) =>
    fetch(`${tokens.world.http.url}/auth/sessions/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${laptop.access}` },
    })
  assert.equal((await end(elsewhere.session)).status, 404)
  assert.equal((await end(phone.session)).status, 200)
  assert.deepEqual(detail(await tokens.refresh(phone.refresh)), INVALID)
  await isDead(phone)
  assert.equal((await tokens.refresh(laptop.refresh)).status, 200)
})

test('v5.0.0-V7.4.1 contract 5 signing out ends the sign-in whichever of its tokens comes', async () => {
  const ana = await tokens.holder()
  const successor = next(await tokens.refresh(ana.refresh))
  const out = await tokens.post('/auth/logout', { refresh_token: ana.refresh })
  assert.equal(out.status, 200)
  assert.match(String(out.body['revoked_at']), /^\d{4}-/)
  await isDead(ana)
  assert.deepEqual(detail(await tokens.refresh(successor)), INVALID)
  const again = await tokens.post('/auth/logout', { refresh_token: successor })
  assert.deepEqual(detail(again), [404, 'Session not found'])
  assert.deepEqual(detail(await tokens.post('/auth/logout', {})), [401, 'Missing refresh token'])
})

test('v5.0.0-V16.3.3 a refused sign-out leaves its row, a flood of them no more than one address may cause', async () => {
  later(SLACK_MS + 1_000)
  const [ana, bea] = [await tokens.holder(), await tokens.holder()]
  const out = (body: unknown, headers: Record<string, string> = {}) =>
    tokens.post('/auth/logout', body, headers)
  assert.equal((await out(undefined, inCookie(ana.refresh, bea.csrf))).status, 403)
  assert.equal((await out({ refresh_token: newToken() })).status, 404)
  assert.equal((await out({ refresh_token: 'x' })).status, 401)
  assert.equal((await tokens.refresh('x')).status, 401)
  const since = await refused()
  assert.deepEqual(since.slice(-4), ['csrf', 'unknown', 'malformed', 'malformed'])
  assert.equal((await tokens.refresh(ana.refresh)).status, 200)
  const statuses: number[] = []
  while (statuses.at(-1) !== 429 && statuses.length < 40) {
    statuses.push((await out(undefined, inCookie(bea.refresh, ana.csrf))).status)
  }
  const left = await refused()
  assert.equal(statuses.at(-1), 429)
  assert.equal((await out(undefined, inCookie(bea.refresh, ana.csrf))).status, 429)
  assert.deepEqual([left.length - since.length, await refused()], [statuses.length - 1, left])
})

/** Why tokens were refused, in order. */
async function refused(): Promise<readonly (string | null)[]> {
  const rows = await tokens.world.sql<{ reason: string | null }>(
    "select reason from plinth.audit_events where action = 'authn.token_refused' order by id",
  )
  return rows.map(({ reason }) => reason)
}
