import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { newId } from '../../kernel/index.ts'
import type { Person } from '../../testing/index.ts'
import type { PeopleWorld } from './people.fixture.ts'
import { startPeople } from './people.fixture.ts'

const PEOPLE = '/api/v1/people'
const BEN = { first_name: 'Ben', last_name: 'Berg' }

suite('people of a tenant', () => {
  let people: PeopleWorld
  let ana: Person
  before(async () => {
    people = await startPeople({ settings: { 'app.compat': ['s3'] } })
    ana = await people.world.signIn('ana', { tenant: 'acme' })
  })
  after(() => people[Symbol.asyncDispose]())

  const add = (who: Person, email: string, more: object = {}) =>
    who.post(PEOPLE, { ...BEN, email, ...more })
  const idOf = async (email: string, who = ana) => {
    const { body } = await who.get<{ items: { id: string }[] }>(`${PEOPLE}?email=${email}`)
    return body.items[0]?.id ?? ''
  }
  const emails = (body: object) =>
    (body as { items: { email: string }[] }).items.map(({ email }) => email)

  test('D3 D18 adding a person answers 201 with Location, the fields of contract 9 and an ETag', async () => {
    const made = await add(ana, 'ben@new.test', { phone: '+49 30 1234', gender: 'male' })
    assert.equal(made.status, 201, JSON.stringify(made.body))
    assert.equal(made.headers.get('location'), `${PEOPLE}/${made.body['id']}`)
    const { display_name, email, email_verified, status, is_active, invited, role } = made.body
    assert.deepEqual(
      [display_name, email, email_verified, status, is_active, invited, role],
      ['Ben Berg', 'ben@new.test', false, 'active', true, true, 'member'],
    )
    const got = await ana.get(`${PEOPLE}/${made.body['id']}`)
    assert.deepEqual([got.status, got.body], [200, made.body])
    assert.equal(got.headers.get('etag'), made.headers.get('etag'))
  })

  test('AK-30 a name shows what it holds: nothing in it turns a text around, joiners stay', async () => {
    const tenant = `/tenants/${(await ana.get<{ tenant: { id: string } }>('/auth/web/me')).body.tenant.id}`
    const statuses = async (name: string) => [
      (await ana.post(PEOPLE, { ...BEN, first_name: name, email: `${newId()}@new.test` })).status,
      (await ana.patch('/auth/me', { first_name: name })).status,
      (await ana.patch(tenant, { name })).status,
      (await ana.post('/api/v1/roles', { name })).status,
    ]
    assert.deepEqual(await statuses('a\u202eb'), [422, 422, 422, 422])
    assert.deepEqual(await statuses('a\u2066b'), [422, 422, 422, 422])
    assert.deepEqual(await statuses('\u0645\u06cc\u200c\u062e'), [201, 200, 200, 201])
  })

  test('B43 an address that is here already is 409 in any case, also for two at once', async () => {
    assert.equal((await add(ana, 'two@new.test')).status, 201)
    assert.equal((await add(ana, 'TWO@new.test')).status, 409)
    assert.equal((await add(ana, 'ana@example.com')).status, 409)
    const both = await Promise.all([add(ana, 'both@new.test'), add(ana, 'both@new.test')])
    assert.deepEqual(both.map(({ status }) => status).sort(), [201, 409])
  })

  test('D18 MF-39 an address is judged and spelled here as it is at registration, so that whoever is asked in can come', async () => {
    const { tenant } = (await ana.get<{ tenant: { id: string } }>('/auth/web/me')).body
    const ask = async (path: string, email: string) => {
      const { status, body } = await ana.post(path, { ...BEN, email })
      return status === 201 ? body['email'] : status
    }
    for (const path of [PEOPLE, `/tenants/${tenant.id}/invitations`]) {
      for (const none of ['ben@host', 'b..en@new.test', 'bеn@new.test', 'ben@new_test.test', 'ben'])
        assert.equal(await ask(path, none), 422, `${path} ${none}`)
    }
    assert.equal(await ask(PEOPLE, ' ｂｅｎ@BÜCHER.test '), 'ben@xn--bcher-kva.test')
    assert.equal(await ask(PEOPLE, 'ben@xn--bcher-kva.test'), 409)
  })

  test('contract 9: a date of birth in the future is none, whoever writes it', async () => {
    const day = (ahead: number) =>
      new Date(people.world.clock.now() + ahead * 86_400_000).toISOString().slice(0, 10)
    const wrote = async (date_of_birth: string) => [
      (await ana.patch('/auth/me', { date_of_birth })).status,
      (await add(ana, `${newId()}@new.test`, { date_of_birth })).status,
    ]
    assert.deepEqual(await wrote(day(2)), [422, 422])
    assert.deepEqual(await wrote('9999-12-31'), [422, 422])
    assert.deepEqual(await wrote(day(0)), [200, 201])
  })

  test('D18 nothing tells whether an address has an account: both answers, and all that follows, are alike', async () => {
    await people.stranger('zoe')
    const known = await add(ana, 'zoe@example.com')
    const unknown = await add(ana, 'nobody@new.test')
    assert.deepEqual([known.status, unknown.status], [201, 201])
    const alike = (body: object) => {
      const own = new Set(['id', 'email', 'created_at', 'updated_at'])
      return Object.entries(body).filter(([name]) => !own.has(name))
    }
    assert.deepEqual(alike(known.body), alike(unknown.body))
    // An id tells when it was made: both are new.
    const madeAt = (id: unknown) => Number.parseInt(String(id).replace('-', '').slice(0, 12), 16)
    assert.ok(Math.abs(madeAt(known.body['id']) - madeAt(unknown.body['id'])) < 60_000)
    for (const { id } of [known.body, unknown.body]) {
      const path = `${PEOPLE}/${id}`
      assert.equal((await ana.get(path)).status, 200)
      assert.equal((await ana.patch(path, { last_name: 'Other' })).status, 200)
      assert.equal((await ana.delete(path)).status, 204)
      assert.equal((await ana.get(path)).status, 404)
    }
  })

  test('contract 9: filters, order, pages and the count of a list', async () => {
    const cy = await people.world.signIn('cy', { tenant: 'lists' })
    for (const [first_name, last_name, email] of [
      ['Dora', 'adams', 'd@list.test'],
      ['Eve', 'Zimmer', 'e@LIST.test'],
      ['Fay', 'Moss', 'f@other.test'],
    ]) {
      assert.equal((await cy.post(PEOPLE, { first_name, last_name, email })).status, 201)
    }
    await cy.patch(`${PEOPLE}/${await idOf('f@other', cy)}`, { status: 'archived' })
    const list = async (query: string) => (await cy.get(`${PEOPLE}?${query}`)).body
    assert.deepEqual(emails(await list('email=LIST.TEST&order_by=last_name&order_dir=asc')), [
      'd@list.test',
      'e@list.test',
    ])
    assert.deepEqual(emails(await list('status=archived')), ['f@other.test'])
    assert.deepEqual(emails(await list('is_active=false')), ['f@other.test'])
    const first = await list('order_by=email&order_dir=asc&limit=2&count=exact')
    assert.deepEqual(
      [emails(first), first['total'], first['count']],
      [['cy@example.com', 'd@list.test'], 4, 2],
    )
    const next = `order_by=email&order_dir=asc&limit=2&cursor=${first['next_cursor']}`
    assert.deepEqual(emails(await list(next)), ['e@list.test', 'f@other.test'])
    const passed = await list(next.replace('limit=2', 'limit=2&offset=1'))
    assert.deepEqual(emails(passed), ['e@list.test', 'f@other.test'], 'an offset is skipped once')
    const wrong = await cy.get(`${PEOPLE}?order_by=last_name&cursor=${first['next_cursor']}`)
    assert.equal(wrong.status, 400)
    const foreign = await ana.get(`${PEOPLE}?${next}`)
    assert.equal(foreign.status, 400, 'TN-52 a cursor of another tenant')
    for (const query of ['order_by=notes', 'order_dir=up', 'limit=201', 'limit=0', 'is_active=1']) {
      assert.equal((await cy.get(`${PEOPLE}?${query}`)).status, 422, query)
    }
  })

  test('C9 PUT and PATCH change the fields that are sent, and If-Match holds them to what was read', async () => {
    const made = await add(ana, 'put@new.test')
    const path = `${PEOPLE}/${made.body['id']}`
    const put = await ana.put(path, {
      first_name: 'Bea',
      notes: 'from the fair',
      metadata: { a: 1 },
    })
    assert.deepEqual(
      [put.status, put.body['display_name'], put.body['notes'], put.body['metadata']],
      [200, 'Bea Berg', 'from the fair', { a: 1 }],
    )
    const stale = await ana.patch(
      path,
      { notes: null },
      { 'if-match': made.headers.get('etag') ?? '' },
    )
    assert.equal(stale.status, 412)
    const fresh = await ana.patch(
      path,
      { notes: null },
      { 'if-match': put.headers.get('etag') ?? '' },
    )
    assert.deepEqual([fresh.status, fresh.body['notes']], [200, null])
    for (const body of [
      { first_name: null },
      { email: 'other@new.test' },
      { status: 'erased' },
      { status: 'active', is_active: false },
      { timezone: 'Mars/Olympus' },
      { avatar_url: 'javascript:alert(1)' },
      { country_code: 'de' },
      { metadata: { long: 'x'.repeat(9_000) } },
      {},
    ]) {
      assert.equal((await ana.patch(path, body)).status, 422, JSON.stringify(body))
    }
  })

  test('D18 what a person says of themselves is theirs; the tenant changes what they are there', async () => {
    const eli = await people.world.signIn('eli', { tenant: 'acme', can: ['board:read'] })
    const id = await idOf('eli@example.com')
    const refused = await ana.patch(`${PEOPLE}/${id}`, { first_name: 'Elias' })
    assert.deepEqual([refused.status, refused.body['code']], [403, 'people.not_yours'])
    const changed = await ana.patch(`${PEOPLE}/${id}`, {
      notes: 'likes tea',
      profile: { department: 'Tea' },
    })
    assert.deepEqual(
      [changed.status, changed.body['profile']],
      [200, { department: 'Tea', badge: null }],
    )
    assert.equal((await eli.get(PEOPLE)).status, 403)
  })

  test('person_profile: one row for each person, checked by the entity, and gone with them', async () => {
    const made = await add(ana, 'profile@new.test', { profile: { department: 'Lab', badge: 'B7' } })
    assert.deepEqual(made.body['profile'], { department: 'Lab', badge: 'B7' })
    const path = `${PEOPLE}/${made.body['id']}`
    const changed = await ana.patch(path, { profile: { badge: null } })
    assert.deepEqual(changed.body['profile'], { department: 'Lab', badge: null })
    const listed = await ana.get<{ items: { profile: unknown }[] }>(`${PEOPLE}?email=profile@`)
    assert.deepEqual(listed.body.items[0]?.profile, { department: 'Lab', badge: null })
    for (const profile of [{ department: 1 }, { salary: 1 }, { owner_id: made.body['id'] }]) {
      assert.equal((await ana.patch(path, { profile })).status, 422, JSON.stringify(profile))
    }
    const nothing = await add(ana, 'empty@new.test', { profile: { badge: 'x' } })
    assert.equal(nothing.status, 422, 'a field that every row needs is missing')
    assert.equal((await ana.delete(path)).status, 204)
    const left = await people.sql('select 1 from app.person_profiles where owner_id is null')
    assert.deepEqual(left, [])
  })

  test('person_profile at /auth/me: one’s own, in the tenant that one works in', async () => {
    const own = await ana.patch('/auth/me', { bio: 'Climbs', profile: { department: 'Board' } })
    assert.equal(own.status, 200, JSON.stringify(own.body))
    const me = await ana.get('/auth/me')
    assert.deepEqual(
      [me.body['bio'], me.body['profile']],
      ['Climbs', { department: 'Board', badge: null }],
    )
    assert.equal((await ana.patch('/auth/me', { profile: { salary: 1 } })).status, 422)
    assert.equal((await ana.patch('/auth/me', { email: 'x@y.test' })).status, 422)
  })

  test('D3 unknown and foreign people are the same 404, and DELETE ends the membership at once', async () => {
    const fay = await people.world.signIn('fay', { tenant: 'acme', can: ['people:read'] })
    const id = await idOf('fay@example.com')
    assert.equal((await fay.get(PEOPLE)).status, 200)
    const gil = await people.world.signIn('gil', { tenant: 'globex' })
    const foreign = await gil.get(`${PEOPLE}/${id}`)
    const unknown = await gil.get(`${PEOPLE}/019a0000-0000-7000-8000-000000000000`)
    assert.deepEqual([foreign.status, unknown.status], [404, 404])
    assert.equal(foreign.body['detail'], unknown.body['detail'])
    assert.equal((await gil.patch(`${PEOPLE}/${id}`, { notes: 'x' })).status, 404)
    assert.equal((await gil.delete(`${PEOPLE}/${id}`)).status, 404)
    assert.equal((await fay.delete(`${PEOPLE}/${id}`)).status, 403)
    assert.equal((await ana.delete(`${PEOPLE}/${id}`)).status, 204)
    assert.notEqual((await fay.get(PEOPLE)).status, 200)
    assert.equal((await fay.get('/auth/web/me')).status, 200, 'who they are stays theirs')
  })

  test('nobody changes who is above them, grants what they do not hold, or shuts themselves out', async () => {
    const hal = await people.world.signIn('hal', { tenant: 'acme', can: ['people:*'] })
    const [own, owner] = [await idOf('hal@example.com'), await idOf('ana@example.com')]
    assert.equal((await add(hal, 'up@new.test', { role: 'admin' })).status, 403)
    assert.equal((await add(hal, 'up@new.test', { role: 'owner' })).status, 422)
    assert.equal((await add(hal, 'up@new.test', { permissions: ['board:write'] })).status, 403)
    assert.equal((await add(hal, 'up@new.test', { permissions: ['platform:*'] })).status, 422)
    assert.equal((await hal.patch(`${PEOPLE}/${owner}`, { status: 'inactive' })).status, 403)
    assert.equal((await hal.delete(`${PEOPLE}/${owner}`)).status, 403)
    assert.equal((await hal.patch(`${PEOPLE}/${own}`, { status: 'inactive' })).status, 409)
    assert.equal((await ana.patch(`${PEOPLE}/${owner}`, { is_active: false })).status, 409)
    assert.equal((await ana.delete(`${PEOPLE}/${owner}`)).status, 409)
    assert.equal((await add(hal, 'ok@new.test')).status, 201)
  })

  test('a deactivated member is nowhere within a second, and comes back as they were', async () => {
    const ida = await people.world.signIn('ida', { tenant: 'acme', can: ['people:read'] })
    const path = `${PEOPLE}/${await idOf('ida@example.com')}`
    assert.equal((await ida.get(PEOPLE)).status, 200)
    const off = await ana.patch(path, { is_active: false })
    assert.deepEqual(
      [off.status, off.body['status'], off.body['is_active']],
      [200, 'inactive', false],
    )
    assert.notEqual((await ida.get(PEOPLE)).status, 200)
    const own = await ida.get<{ items: unknown[] }>('/tenants')
    assert.deepEqual(own.body.items, [])
    assert.equal((await ana.patch(path, { status: 'active' })).status, 200)
    const again = await people.world.signIn('ida', { tenant: 'acme', can: ['people:read'] })
    assert.equal((await again.get(PEOPLE)).status, 200)
  })

  test('D1 /people answers like the canonical path', async () => {
    const [alias, canonical] = [
      await ana.get('/people?limit=1'),
      await ana.get(`${PEOPLE}?limit=1`),
    ]
    assert.equal(alias.status, 200)
    assert.deepEqual(alias.body, canonical.body)
  })
})
