import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { newToken } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { sweep } from '../sessions/sessions.repository.ts'
import type { Holder, TokenWorld } from './token-api.fixture.ts'
import { openTokenWorld } from './token-api.fixture.ts'

let tokens: TokenWorld
before(async () => {
  tokens = await openTokenWorld()
})
after(() => tokens?.[Symbol.asyncDispose]())

const sql = (text: string, ...values: unknown[]) => tokens.world.sql(text, values)
const claimsOf = (access: unknown) =>
  JSON.parse(Buffer.from(String(access).split('.')[1] ?? '', 'base64url').toString())

/** Waits until an access token is refused; a test that waits too long is ended by its runner. */
async function untilRefused(access: string): Promise<void> {
  while ((await tokens.get('/who', access)).status !== 401) await setTimeout(20)
}

const changes: readonly (readonly [string, (ana: Holder) => Promise<unknown>])[] = [
  [
    'a disabled person',
    ({ person }) => sql("update plinth.people set status = 'disabled' where id = $1", person),
  ],
  ['a deleted person', ({ person }) => sql('delete from plinth.people where id = $1', person)],
  [
    'all sessions ended, as by a new password, a reset or another factor',
    ({ person }) =>
      sql(
        "update plinth.sessions set revoked_at = now(), revoke_reason = 'revoked' where person_id = $1",
        person,
      ),
  ],
]

for (const [title, change] of changes) {
  test(`RR-16 JW-48 ${title}: no refresh, and the access token is over within a second`, async () => {
    const ana = await tokens.holder()
    assert.equal((await tokens.get('/who', ana.access)).status, 200)
    assert.equal((await tokens.get('/who', ana.access)).status, 200)
    await change(ana)
    await untilRefused(ana.access)
    assert.equal((await tokens.refresh(ana.refresh)).status, 401)
  })
}

const standings: readonly (readonly [string, (ana: Holder) => Promise<unknown>])[] = [
  [
    'a role that is dropped',
    ({ person }) =>
      sql("update plinth.memberships set permissions = '{}' where person_id = $1", person),
  ],
  [
    'a tenant that is left',
    ({ person }) => sql('delete from plinth.memberships where person_id = $1', person),
  ],
  [
    'a tenant that is shut',
    ({ tenant }) => sql("update plinth.tenants set status = 'suspended' where id = $1", tenant),
  ],
]

for (const [title, change] of standings) {
  test(`RR-16 ${title}: the right is gone within a second, and the next refresh is refused`, async () => {
    const ana = await tokens.holder()
    assert.equal((await tokens.get('/stock', ana.access)).status, 200)
    await change(ana)
    while ((await tokens.get('/stock', ana.access)).status === 200) await setTimeout(20)
    assert.equal((await tokens.refresh(ana.refresh)).status, 401)
    await untilRefused(ana.access)
  })
}

const demands: readonly (readonly [string, (ana: Holder) => Promise<unknown>])[] = [
  [
    'a second factor that its person has since',
    ({ person }) =>
      sql(
        `insert into plinth.mfa_methods (id, person_id, kind, address, confirmed_at)
         values (gen_random_uuid(), $1, 'sms', '+4915112345678', now())`,
        person,
      ),
  ],
  [
    'a rule of the tenant that demands one since',
    ({ tenant }) =>
      sql('insert into plinth.mfa_rules (tenant_id, everybody) values ($1, true)', tenant),
  ],
]

for (const [title, change] of demands) {
  test(`MF-11 v5.0.0-V6.3.4 ${title}: a sign-in by a password alone is not refreshed`, async () => {
    const [ana, twice] = [await tokens.holder(), await tokens.holder()]
    await sql("update plinth.sessions set amr = '{pwd,otp}' where id = $1", twice.session)
    await change(ana)
    await change(twice)
    const refused = await tokens.refresh(ana.refresh)
    assert.deepEqual([refused.status, refused.body['detail']], [401, 'Invalid refresh token'])
    await untilRefused(ana.access)
    const [row] = await sql(
      `select revoke_reason as ended, (select reason from plinth.audit_events
          where action = 'authn.token_refused' order by occurred_at desc, id desc limit 1) as told
         from plinth.sessions where id = $1`,
      ana.session,
    )
    assert.deepEqual(row, { ended: 'second_factor_missing', told: 'second_factor_missing' })
    assert.equal((await tokens.refresh(twice.refresh)).status, 200)
  })
}

test('MF-11 v5.0.0-V6.3.3 a role that demands a factor ends access tokens of a password alone, and no others', async () => {
  const [ana, twice] = [await tokens.holder(), await tokens.holder()]
  await sql("update plinth.sessions set amr = '{pwd,otp}' where id = $1", twice.session)
  for (const { person, tenant, access } of [ana, twice]) {
    await sql("insert into plinth.mfa_rules (tenant_id, roles) values ($1, '{admin}')", tenant)
    assert.equal((await tokens.get('/who', access)).status, 200)
    await sql("update plinth.memberships set role = 'admin' where person_id = $1", person)
  }
  await untilRefused(ana.access)
  assert.equal((await tokens.get('/who', twice.access)).status, 200)
})

test('RR-16 after a sign-in the new token shows the new rights', async () => {
  const ana = await tokens.holder()
  await sql(
    "update plinth.memberships set permissions = '{stock:write}' where person_id = $1",
    ana.person,
  )
  assert.equal((await tokens.refresh(ana.refresh)).status, 401)
  const again = await tokens.holder({ person: ana.person, tenant: ana.tenant })
  assert.deepEqual(claimsOf(again.access).scopes, ['stock:write'])
  const post = await tokens.post('/stock', undefined, { authorization: `Bearer ${again.access}` })
  assert.equal(post.status, 200)
})

test('v5.0.0-V8.3.2 what a token says gives no right that its person does not have now', async () => {
  const ana = await tokens.holder({ can: ['stock:read', 'stock:write'] })
  assert.deepEqual(claimsOf(ana.access).scopes, ['stock:read', 'stock:write'])
  await sql(
    "update plinth.memberships set permissions = '{stock:read}' where person_id = $1",
    ana.person,
  )
  const write = () => tokens.post('/stock', undefined, { authorization: `Bearer ${ana.access}` })
  while ((await write()).status === 200) await setTimeout(20)
  assert.equal((await write()).status, 403)
  assert.equal((await tokens.get('/stock', ana.access)).status, 200)
})

test('RR-23 guessing is limited by address, and harms nobody’s sign-in', async () => {
  const ana = await tokens.holder()
  const answers: number[] = []
  for (let guess = 0; guess < 31; guess += 1) {
    answers.push((await tokens.refresh(newToken())).status)
  }
  const limited = await tokens.refresh(newToken())
  assert.deepEqual([answers[0], limited.status], [401, 429])
  assert.match(limited.headers.get('retry-after') ?? '', /^\d+$/)
  tokens.world.clock.advance(61_000)
  assert.equal((await tokens.refresh(ana.refresh)).status, 200)
})

test('RR-25 cleaning up keeps the ancestors of living families, and takes those of dead ones', async () => {
  const [ana, bea] = [await tokens.holder(), await tokens.holder()]
  const day = 86_400_000
  let token = ana.refresh
  for (let step = 0; step < 3; step += 1) {
    tokens.world.clock.advance(25 * day)
    token = String((await tokens.refresh(token)).body['refresh_token'])
    const now = tokens.world.clock.now()
    await tokens.identity.platform.transaction((tx) =>
      tx.inTenant(ana.tenant, (inside) => sweep(inside, isoTime(now), isoTime(now - 10_000))),
    )
  }
  const left = await sql(
    'select generation, successor_sealed from plinth.refresh_tokens where session_id = $1 order by generation',
    ana.session,
  )
  assert.equal(left.length, 4)
  assert.deepEqual(
    left.slice(0, 2).map((row) => row['successor_sealed']),
    [null, null],
  )
  const reused = await tokens.refresh(ana.refresh)
  assert.equal(reused.body['detail'], 'Refresh token reuse detected')
  tokens.world.clock.advance(16 * day)
  const now = tokens.world.clock.now()
  await tokens.identity.platform.transaction((tx) =>
    tx.inTenant(ana.tenant, (inside) => sweep(inside, isoTime(now), isoTime(now - 10_000))),
  )
  const gone = await sql('select id from plinth.refresh_tokens where session_id = $1', bea.session)
  assert.deepEqual(gone, [])
  assert.equal((await tokens.refresh(bea.refresh)).body['detail'], 'Invalid refresh token')
})
