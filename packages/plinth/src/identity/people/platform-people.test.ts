import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Person } from '../../testing/index.ts'
import type { PeopleWorld } from './people.fixture.ts'
import { startPeople } from './people.fixture.ts'

const PLATFORM = '/api/v1/platform/people'
const PASSWORD = 'a tram full of oranges'
const EVE = { email: 'eve@Example.com', first_name: 'Eve', last_name: 'Elm' }

suite('people of the platform', () => {
  let people: PeopleWorld
  let root: Person
  before(async () => {
    people = await startPeople()
    root = await administrator('root', ['platform:*'])
  })
  after(() => people[Symbol.asyncDispose]())

  async function administrator(who: string, permissions: readonly string[]): Promise<Person> {
    await people.stranger(who)
    await people.sql(
      `insert into plinth.platform_roles (person_id, permissions)
       select id, $2 from plinth.people where email = $1`,
      [`${who}@example.com`, permissions],
    )
    return people.stranger(who)
  }
  const idOf = async (who: string) => {
    const rows = await people.sql<{ id: string }>('select id from plinth.people where email = $1', [
      `${who}@example.com`,
    ])
    return rows[0]?.id ?? ''
  }
  const eventsAbout = async (id: string) => {
    const rows = await people.sql<{ action: string }>(
      `select action from plinth.audit_events
        where target_id = $1 and actor_kind = 'person' order by occurred_at, id`,
      [id],
    )
    return rows.map(({ action }) => action)
  }
  /** Sets a password by the link that is mailed to an address, and signs in with it. */
  const signInBy = async (email: string) => {
    const visitor = people.world.visitor()
    await visitor.post('/auth/password-reset-request', { email })
    const token = await people.tokenFor(email)
    const set = await visitor.post('/auth/password-reset', { token, new_password: PASSWORD })
    assert.equal(set.status, 200, JSON.stringify(set.body))
    return visitor.post('/auth/login', { username: email, password: PASSWORD })
  }

  test('D18 an administrator of the platform adds a person, who sets a password by mail; an address is taken once', async () => {
    const made = await root.post<{ id: string }>(PLATFORM, { ...EVE, notes: 'by telephone' })
    assert.equal(made.status, 201, JSON.stringify(made.body))
    assert.equal(made.headers.get('location'), `${PLATFORM}/${made.body.id}`)
    const { body } = await root.get(`${PLATFORM}/${made.body.id}`)
    const { display_name, email, email_verified, status, notes } = body
    assert.deepEqual(
      [display_name, email, email_verified, status, notes],
      ['Eve Elm', 'eve@example.com', true, 'active', 'by telephone'],
    )
    const again = await root.post(PLATFORM, { ...EVE, email: 'EVE@example.com' })
    assert.deepEqual([again.status, again.body['code']], [409, 'people.taken'])
    assert.equal((await signInBy('eve@example.com')).status, 200)
    assert.deepEqual(await eventsAbout(made.body.id), ['person.created'])
    for (const body of [{ ...EVE, email: 'no address' }, { ...EVE, id: made.body.id }, {}])
      assert.equal((await root.post(PLATFORM, body)).status, 422)
    const nobody = await people.stranger('nobody')
    assert.equal((await nobody.post(PLATFORM, { ...EVE, email: 'x@example.com' })).status, 403)
  })

  test('D18 MF-20 an administrator of the platform changes an e-mail: both are told, the old one opens nothing, and it is free', async () => {
    const made = await root.post<{ id: string }>(PLATFORM, { ...EVE, email: 'old@example.com' })
    const path = `${PLATFORM}/${made.body.id}`
    await people.world.visitor().post('/auth/password-reset-request', { email: 'old@example.com' })
    const stale = await people.tokenFor('old@example.com')
    const changed = await root.patch(path, { email: 'new@example.com' })
    assert.deepEqual([changed.status, changed.body['email']], [200, 'new@example.com'])
    for (const email of ['old@example.com', 'new@example.com'])
      assert.match(await people.textTo(email), /was changed to new@example\.com/)
    const visitor = people.world.visitor()
    const reset = { token: stale, new_password: PASSWORD }
    assert.equal((await visitor.post('/auth/password-reset', reset)).status, 401)
    assert.equal((await signInBy('new@example.com')).status, 200)
    const taken = await root.patch(path, { email: 'root@example.com' })
    assert.deepEqual([taken.status, taken.body['code']], [409, 'auth.email_taken'])
    assert.equal((await root.post(PLATFORM, { ...EVE, email: 'old@example.com' })).status, 201)
    assert.deepEqual((await eventsAbout(made.body.id)).slice(0, 3), [
      'person.created',
      'account.email_changed',
      'person.updated',
    ])
  })

  test('whoever may only look after people takes over nobody who may do more, by address, status or factors', async () => {
    const helper = await administrator('helper', [
      'platform:read_people',
      'platform:manage_people',
      'platform:reset_factors',
    ])
    const path = `${PLATFORM}/${await idOf('root')}`
    for (const change of [{ email: 'mine@example.com' }, { status: 'inactive' }, { notes: 'x' }]) {
      const refused = await helper.patch(path, change)
      assert.deepEqual([refused.status, refused.body['code']], [403, 'people.above_you'])
    }
    assert.equal(
      (await helper.patch(`${PLATFORM}/${await idOf('helper')}`, { notes: 'I' })).status,
      200,
    )
    assert.equal((await root.get('/auth/web/me')).body['authenticated'], true)
    assert.equal(
      (await root.patch(`${PLATFORM}/${await idOf('helper')}`, { notes: 'ok' })).status,
      200,
    )
  })

  test('a service account has no address, and its tenant does not bring back one that the platform put away', async () => {
    const ana = await people.world.signIn('ana', { tenant: 'acme' })
    const bot = await ana.post<{ id: string }>('/api/v1/service-accounts', { name: 'bot' })
    const refused = await root.patch(`${PLATFORM}/${bot.body.id}`, { email: 'bot@example.com' })
    assert.deepEqual([refused.status, refused.body['code']], [409, 'people.no_mail'])
    for (const status of ['archived', 'inactive', 'active'])
      assert.equal((await root.patch(`${PLATFORM}/${bot.body.id}`, { status })).status, 200)
    await root.patch(`${PLATFORM}/${bot.body.id}`, { status: 'archived' })
    const listed = await ana.get<{ items: { status: string }[] }>('/api/v1/service-accounts')
    assert.deepEqual(
      [listed.status, listed.body.items?.map(({ status }) => status)],
      [200, ['disabled']],
    )
    const back = await ana.patch(`/api/v1/service-accounts/${bot.body.id}`, { status: 'active' })
    assert.deepEqual([back.status, back.body['code']], [409, 'service_account.archived'])
  })
})
