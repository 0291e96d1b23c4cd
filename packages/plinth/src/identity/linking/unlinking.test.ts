import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { COOKIE } from '../identity.fixture.ts'
import { openLinking } from './linking.fixture.ts'

let kit: Awaited<ReturnType<typeof openLinking>>
before(async () => {
  kit = await openLinking()
})
after(() => kit.world[Symbol.asyncDispose]())

test('removing an account ends its sessions, tells the person, and renews this session', async () => {
  const { person: ana, claims, second } = await kit.somebodyWithTwo()
  const other = kit.world.person()
  await kit.signInAs(other, second)
  const [cookie, [, gone]] = [ana.cookies.get(COOKIE), await kit.list(ana)]
  const answer = await ana.delete(`/auth/identities/${gone?.id}`)
  assert.deepEqual([answer.status, typeof answer.body['csrf_token']], [200, 'string'])
  assert.notEqual(ana.cookies.get(COOKIE), cookie)
  assert.equal(await kit.me(other), undefined, 'its sessions ended')
  assert.deepEqual(
    (await kit.list(ana)).map(({ email }) => email),
    [claims.email],
  )
  assert.equal(kit.noticesTo(claims.email).at(-1), 'account.identity_unlinked')
  assert.equal((await kit.audits('identity.unlinked')).at(-1)?.outcome, 'success')
  await kit.signInAs(other, second)
  assert.notEqual(await kit.me(other), await kit.me(ana), 'it signs in somebody new')
})

test('removing the account of this very session signs the browser out', async () => {
  const { person: ana, second } = await kit.somebodyWithTwo()
  const [current] = await kit.list(ana)
  const answer = await ana.delete(`/auth/identities/${current?.id}`)
  assert.deepEqual([answer.status, answer.body['csrf_token']], [200, null])
  assert.deepEqual([ana.cookies.has(COOKIE), await kit.me(ana)], [false, undefined])
  assert.equal((await kit.signInAs(ana, second)).status, 302)
  assert.equal((await kit.list(ana)).length, 1)
})

test('the last account stays, and so does the last one at a provider that is on', async () => {
  const { person: ana } = await kit.somebody()
  const [only] = await kit.list(ana)
  const answer = await ana.delete(`/auth/identities/${only?.id}`)
  assert.deepEqual([answer.status, answer.body['code']], [409, 'auth.last_identity'])
  assert.equal((await kit.audits('identity.unlinked')).at(-1)?.reason, 'last_identity')
  const { person: bob } = await kit.somebodyWithTwo()
  const [first, second] = await kit.list(bob)
  await kit.world.sql("update plinth.identities set provider = 'off' where id = $1", [second?.id])
  assert.equal((await bob.delete(`/auth/identities/${first?.id}`)).status, 409)
  assert.equal((await bob.delete(`/auth/identities/${second?.id}`)).status, 200)
})

test('the last account may go when the person has a password of their own, and the name that goes with it', async () => {
  const { person: ana, claims } = await kit.somebody()
  const [only] = await kit.list(ana)
  const remove = async () => (await ana.delete(`/auth/identities/${only?.id}`)).status
  await kit.world.sql(
    `insert into plinth.credentials (person_id, hash, changed_at)
     select person_id, $2, now() from plinth.identities where id = $1`,
    [only?.id, 'a hash of another system'],
  )
  assert.equal(await remove(), 409, 'a password without a name signs nobody in')
  await kit.world.sql(
    `insert into plinth.sign_in_names (name_key, person_id, kind, name)
     select $2, person_id, 'email', $2 from plinth.identities where id = $1`,
    [only?.id, claims.email],
  )
  assert.equal(await remove(), 200)
})

test('two removals at once, of either account, leave one', async () => {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { person: ana, second: claims } = await kit.somebodyWithTwo()
    const phone = kit.world.person()
    await kit.signInAs(phone, claims)
    const [first, second] = await kit.list(ana)
    await Promise.all([ana.refreshCsrf(), phone.refreshCsrf()])
    const answers = await Promise.all([
      ana.delete(`/auth/identities/${second?.id}`),
      phone.delete(`/auth/identities/${first?.id}`),
    ])
    assert.ok(answers.every(({ status }) => status < 500))
    const [left] = await kit.world.sql<{ n: number }>(
      'select count(*)::int as n from plinth.identities where id = any($1)',
      [[first?.id, second?.id]],
    )
    assert.equal(left?.n, 1)
  }
})

test('a sign-in and the removal of its account at once: no session stays behind, no 5xx', async () => {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { person: ana, second } = await kit.somebodyWithTwo()
    const [, gone] = await kit.list(ana)
    const other = kit.world.person()
    await ana.refreshCsrf()
    const [removed, entered] = await Promise.all([
      ana.delete(`/auth/identities/${gone?.id}`),
      kit.signInAs(other, second),
    ])
    assert.deepEqual([removed.status, entered.status], [200, 302])
    const id = await kit.me(other)
    assert.notEqual(id, await kit.me(ana), 'signed out, or somebody new')
  }
})

test('a refresh and the removal of its account at once: neither waits for the other in vain', async () => {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const { person: ana, second: claims } = await kit.somebodyWithTwo()
    const phone = kit.world.person()
    await kit.signInAs(phone, claims)
    const [, gone] = await kit.list(ana)
    await Promise.all([ana.refreshCsrf(), phone.refreshCsrf()])
    const [removed, refreshed] = await Promise.all([
      ana.delete(`/auth/identities/${gone?.id}`),
      phone.post('/auth/web/refresh'),
    ])
    assert.equal(removed.status, 200)
    assert.ok([200, 401].includes(refreshed.status), `refresh: ${refreshed.status}`)
    assert.equal(await kit.me(phone), undefined)
  }
})

test("somebody else's account and one that never was are the same 404", async () => {
  const { person: ana } = await kit.somebody()
  const { person: bob } = await kit.somebodyWithTwo()
  const [foreign] = await kit.list(bob)
  for (const id of [foreign?.id, '01900000-0000-7000-8000-000000000000']) {
    const answer = await ana.delete(`/auth/identities/${id}`)
    assert.deepEqual([answer.status, answer.body['code']], [404, 'auth.unknown_identity'])
  }
})
