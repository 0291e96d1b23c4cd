import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Id } from '../../kernel/index.ts'
import type { Person } from '../../testing/index.ts'
import type { PeopleWorld } from '../people/people.fixture.ts'
import { personProfile, startPeople } from '../people/people.fixture.ts'
import { peopleSettings } from '../people/people.settings.ts'
import { personProfileOf } from '../people/person-profile.ts'
import { forgetInvitationsJob } from './forget-invitations.job.ts'

const PEOPLE = '/api/v1/people'
const ACCEPT = '/auth/invitations/accept'
const WIN = { first_name: 'Win', last_name: 'Wood' }
const PASSWORD = 'a tram full of oranges'

suite('invitations', () => {
  let people: PeopleWorld
  let ana: Person
  let refused: string[] = []
  let shut: string | undefined
  before(async () => {
    people = await startPeople({
      hooks: {
        checkInvitation: ({ email }) => !email.endsWith('@never.test'),
        mayJoin: ({ email }) => !refused.includes(email ?? ''),
        maySwitch: async ({ to }) =>
          to !== shut &&
          (
            await people.sql('select 1 from plinth.tenants where id = $1 and slug = $2', [
              to,
              'home-of-oda',
            ])
          ).length === 0,
      },
    })
    ana = await people.world.signIn('ana', { tenant: 'acme' })
  })
  after(() => people[Symbol.asyncDispose]())

  const invited = async (email: string, more: object = {}) => {
    const made = await ana.post('/tenants/acme/invitations', { email, ...more })
    assert.equal(made.status, 201, JSON.stringify(made.body))
    return { id: String(made.body['id']), token: await people.tokenFor(email) }
  }
  const find = async (email: string) => {
    const { body } = await ana.get<{ items: Record<string, unknown>[] }>(`${PEOPLE}?email=${email}`)
    return body.items
  }

  test('MF-48 accepted by the person who is signed in with the verified address; the session goes on in the tenant', async () => {
    const ben = await people.stranger('ben')
    const before = new Map(ben.cookies)
    const { token } = await invited('Ben@example.com', { role: 'admin' })
    const [placeholder] = await find('ben@example.com')
    assert.equal(placeholder?.['invited'], true)
    const accepted = await ben.post(ACCEPT, { token })
    assert.equal(accepted.status, 200, JSON.stringify(accepted.body))
    assert.equal((accepted.body['tenant'] as { slug: string }).slug, 'acme')
    assert.notDeepEqual(new Map(ben.cookies), before, 'the id of the session is new')
    assert.equal((await ben.get(PEOPLE)).status, 200)
    const after = await find('ben@example.com')
    assert.deepEqual(
      after.map(({ invited, role, email_verified }) => [invited, role, email_verified]),
      [[false, 'admin', true]],
    )
    assert.notEqual(after[0]?.['id'], placeholder?.['id'])
    assert.deepEqual(
      await people.sql('select 1 from plinth.people where id = $1', [placeholder?.['id']]),
      [],
    )
    assert.equal((await ben.post(ACCEPT, { token })).status, 400, 'twice')
  })

  test('MF-48 refused for another address, and for one that nobody verified; the invitation stays', async () => {
    const { token } = await invited('cy@example.com')
    const dan = await people.stranger('dan')
    const other = await dan.post(ACCEPT, { token })
    assert.deepEqual([other.status, other.body['code']], [403, 'invitation.other_address'])
    const cy = await people.stranger('cy')
    await people.sql(
      "update plinth.people set email_verified = false where email = 'cy@example.com'",
    )
    assert.equal((await cy.post(ACCEPT, { token })).status, 403)
    await people.sql(
      "update plinth.people set email_verified = true where email = 'cy@example.com'",
    )
    assert.equal((await cy.post(ACCEPT, { token })).status, 200)
    const denied = await people.sql<{ reason: string }>(
      "select reason from plinth.audit_events where action = 'invitation.accepted' and outcome = 'denied'",
    )
    assert.deepEqual(
      denied.map(({ reason }) => reason).filter((reason) => reason === 'other_address'),
      ['other_address', 'other_address'],
    )
  })

  test('MF-48 with a new account: who holds the token sets a password, is the person, and is in', async () => {
    const made = await ana.post(PEOPLE, {
      first_name: 'Eve',
      last_name: 'Ems',
      email: 'eve@new.test',
    })
    const token = await people.tokenFor('eve@new.test')
    const eve = people.world.visitor()
    const look = await eve.post('/auth/invitations/look', { token })
    assert.deepEqual(
      [look.status, look.body['email'], look.body['needs']],
      [200, 'eve@new.test', 'account'],
    )
    const weak = await eve.post(ACCEPT, { token, password: 'password1' })
    assert.deepEqual([weak.status, weak.body['code']], [422, 'auth.weak_password'])
    const accepted = await eve.post(ACCEPT, { token, password: PASSWORD, last_name: 'Elm' })
    assert.equal(accepted.status, 200, JSON.stringify(accepted.body))
    const [row] = await find('eve@new.test')
    assert.deepEqual(
      [row?.['id'], row?.['display_name'], row?.['email_verified'], row?.['invited']],
      [made.body['id'], 'Eve Elm', true, false],
    )
    const me = await eve.get('/auth/web/me')
    assert.equal(me.body['authenticated'], true)
    assert.equal(
      (await people.world.visitor().post(ACCEPT, { token, password: PASSWORD })).status,
      400,
    )
  })

  test('MF-11 MF-48 a new account in a tenant that demands a second factor has no session until there is one', async () => {
    const zed = await people.world.signIn('zed', { tenant: 'strict' })
    const asked = await zed.post('/tenants/strict/invitations', { email: 'yan@new.test' })
    assert.equal(asked.status, 201, JSON.stringify(asked.body))
    await people.sql(
      `insert into plinth.mfa_rules (tenant_id, everybody, roles, updated_at)
       select id, true, '{}', now() from plinth.tenants where slug = 'strict'`,
    )
    const yan = people.world.visitor()
    const token = await people.tokenFor('yan@new.test')
    const { status, body } = await yan.post(ACCEPT, { token, password: PASSWORD })
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual([body['mfa_required'], body['csrf_token']], [true, null])
    assert.match(String(body['mfa_token']), /^[\w-]{43}$/)
    assert.equal((await yan.get('/auth/web/me')).body['authenticated'], false)
    assert.equal((await yan.get(PEOPLE)).status, 401)
    const sessions = `select from plinth.sessions s join plinth.people p on p.id = s.person_id
      where p.email = 'yan@new.test'`
    assert.deepEqual(await people.sql(sessions), [])
  })

  test('a new account where the address has one: sign in first, and nothing is used up', async () => {
    const fay = await people.stranger('fay')
    const { token } = await invited('fay@example.com')
    const visitor = people.world.visitor()
    assert.equal((await visitor.post('/auth/invitations/look', { token })).body['needs'], 'sign_in')
    const taken = await visitor.post(ACCEPT, { token, password: PASSWORD })
    assert.deepEqual([taken.status, taken.body['code']], [409, 'invitation.sign_in_first'])
    assert.equal((await visitor.post(ACCEPT, { token })).status, 409)
    assert.equal((await fay.post(ACCEPT, { token, password: PASSWORD })).status, 409)
    assert.equal((await fay.post(ACCEPT, { token })).status, 200)
  })

  test('D23 whoever brings the token alone is told what is missing: a sign-in, or a password', async () => {
    const { token } = await invited('mia@new.test')
    const visitor = people.world.visitor()
    const bare = await visitor.post(ACCEPT, { token })
    assert.deepEqual([bare.status, bare.body['code']], [422, 'invitation.password_needed'])
    const unknown = await visitor.post(ACCEPT, { token: 'x'.repeat(43) })
    assert.deepEqual([unknown.status, unknown.body['code']], [400, 'invitation.invalid'])
    const long = await visitor.post(ACCEPT, { token, password: '\u00e9'.repeat(2_049) })
    assert.deepEqual([long.status, long.body['code']], [422, 'http.invalid'])
    assert.equal((await visitor.post(ACCEPT, { token, password: PASSWORD })).status, 200)
  })

  test('MF-48 revoked, sent again, and late: the old token is worth nothing', async () => {
    const gil = await people.stranger('gil')
    const first = await invited('gil@example.com')
    const again = await ana.post(`/tenants/acme/invitations/${first.id}/resend`, {})
    assert.equal(again.status, 200, JSON.stringify(again.body))
    assert.equal((await gil.post(ACCEPT, { token: first.token })).status, 400)
    const second = await people.tokenFor('gil@example.com')
    assert.notEqual(second, first.token)
    assert.equal((await ana.delete(`/tenants/acme/invitations/${first.id}`)).status, 204)
    assert.equal((await gil.post(ACCEPT, { token: second })).status, 400)
    assert.deepEqual(await find('gil@example.com'), [])
    assert.equal((await ana.delete(`/tenants/acme/invitations/${first.id}`)).status, 404)
    const third = await invited('gil@example.com')
    people.world.clock.advance(169 * 3_600_000)
    ana = await people.world.signIn('ana', { tenant: 'acme' })
    const late = await people.stranger('gil')
    assert.equal((await late.post(ACCEPT, { token: third.token })).status, 400)
    const listed = await ana.get<{ items: { id: string; state: string }[] }>(
      '/tenants/acme/invitations',
    )
    const states = new Map(listed.body.items.map(({ id, state }) => [id, state]))
    assert.deepEqual([states.get(first.id), states.get(third.id)], ['revoked', 'expired'])
  })

  test('MF-48 of twenty at once one is accepted, and nothing of it is there twice', async () => {
    await people.stranger('nia')
    const { token } = await invited('nia@example.com')
    const browsers = await Promise.all(Array.from({ length: 20 }, () => people.stranger('nia')))
    await Promise.all(browsers.map((one) => one.refreshCsrf()))
    const answers = await Promise.all(browsers.map((one) => one.post(ACCEPT, { token })))
    const statuses = answers.map(({ status }) => status).sort()
    assert.deepEqual(statuses, [200, ...Array.from({ length: 19 }, () => 400)])
    const rows = await find('nia@example.com')
    assert.deepEqual(
      rows.map((row) => row['invited']),
      [false],
    )
  })

  test('hooks: checkInvitation refuses to ask, mayJoin refuses to join', async () => {
    const never = await ana.post('/tenants/acme/invitations', { email: 'x@never.test' })
    assert.deepEqual([never.status, never.body['code']], [403, 'people.refused'])
    assert.deepEqual(await find('x@never.test'), [])
    const hal = await people.stranger('hal')
    const { token } = await invited('hal@example.com')
    refused = ['hal@example.com']
    assert.equal((await hal.post(ACCEPT, { token })).status, 403)
    refused = []
    assert.equal((await hal.post(ACCEPT, { token })).status, 200)
  })

  test('hook maySwitch keeps a session out of another of its person’s tenants', async () => {
    const oda = await people.stranger('oda')
    const { token } = await invited('oda@example.com')
    assert.equal((await oda.post(ACCEPT, { token })).status, 200)
    const refusedThere = await oda.post('/auth/switch-tenant', { tenant: 'home-of-oda' })
    assert.deepEqual([refusedThere.status, refusedThere.body['code']], [403, 'people.refused'])
    assert.equal((await oda.get('/auth/web/me')).body['authenticated'], true)
  })

  test('hook maySwitch: who accepts an invitation into a tenant that it shuts belongs there, and works elsewhere', async () => {
    const pia = await people.stranger('pia')
    const [member, newcomer] = [await invited('pia@example.com'), await invited('qin@example.com')]
    shut = (await ana.get<{ id: string }>('/tenants/acme')).body.id
    const stays = await pia.post(ACCEPT, { token: member.token })
    assert.deepEqual([stays.status, stays.body['csrf_token']], [200, null])
    const qin = people.world.visitor()
    const made = await qin.post(ACCEPT, { token: newcomer.token, password: PASSWORD, ...WIN })
    assert.equal(made.status, 200, JSON.stringify(made.body))
    assert.equal((await qin.get('/auth/web/me')).body['tenant'], null)
    shut = undefined
    assert.equal((await pia.post('/auth/switch-tenant', { tenant: 'acme' })).status, 200)
    assert.equal((await qin.post('/auth/switch-tenant', { tenant: 'acme' })).status, 200)
  })

  test('the daily job: what ended long ago goes with its address and with whoever never came; what waits and who came stay', async () => {
    const { clock, database } = people.world
    const settings = peopleSettings.parse({ keep_invitations_days: 30 })
    const parts = { clock, settings, personProfile: personProfileOf([personProfile]) }
    const { id: acme } = (await ana.get<{ id: Id<'tenant'> }>('/tenants/acme')).body
    const forget = () =>
      database.platform.transaction((tx) =>
        tx.inTenant(acme, (inside) =>
          forgetInvitationsJob(parts).spec.handle({
            tx: inside,
            input: {},
            actor: { kind: 'system', person: null, clientAddress: null, requestId: null },
            log: { info() {}, warn() {}, error() {} },
            signal: AbortSignal.abort(),
          }),
        ),
      )
    const rae = await people.stranger('rae')
    const [came, never] = [await invited('rae@example.com'), await invited('sid@example.com')]
    assert.equal((await rae.post(ACCEPT, { token: came.token })).status, 200)
    const sent = async () =>
      (
        await people.sql<{ email: string }>(
          "select email from plinth.invitations where email in ('rae@example.com', 'sid@example.com') order by 1",
        )
      ).map(({ email }) => email)
    await forget()
    assert.deepEqual(await sent(), ['rae@example.com', 'sid@example.com'])
    await people.sql(
      `update plinth.invitations
          set expires_at = expires_at - interval '38 days', accepted_at = accepted_at - interval '31 days'
        where id = any($1)`,
      [[came.id, never.id]],
    )
    await forget()
    assert.deepEqual(await sent(), [])
    assert.deepEqual([(await find('rae@')).length, (await find('sid@')).length], [1, 0])
    const [left] = await people.sql("select 1 from plinth.people where name = 'sid'")
    assert.equal(left, undefined)
    const [noted] = await people.sql<{ data: object }>(
      "select data from plinth.audit_events where action = 'invitation.forgotten'",
    )
    assert.deepEqual(noted?.data, { count: 2 })
  })

  test('MF-48 whoever holds the mail declines, signed in or not: once, for good, and whoever asked sees it', async () => {
    const tim = await people.stranger('tim')
    const nobody = people.world.visitor()
    for (const [browser, email] of [
      [nobody, 'una@new.test'],
      [tim, 'tim@example.com'],
    ] as const) {
      const { id, token } = await invited(email)
      const [waiting] = await find(email)
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => browser.post('/auth/invitations/decline', { token })),
      )
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 400, 400, 400, 400])
      assert.equal((await browser.post('/auth/invitations/look', { token })).status, 400)
      const { body } = await ana.get<{ items: Record<string, unknown>[] }>(
        '/tenants/acme/invitations?limit=200',
      )
      const shown = body.items.find((one) => one['id'] === id)
      assert.deepEqual([shown?.['state'], shown?.['person_id']], ['declined', null])
      assert.deepEqual(await find(email), [])
      const gone = 'select 1 from plinth.people where id = $1'
      assert.deepEqual(await people.sql(gone, [waiting?.['id']]), [])
      const noted = await people.sql(
        "select outcome from plinth.audit_events where action = 'invitation.declined' and target_id = $1",
        [id],
      )
      assert.deepEqual(noted, [{ outcome: 'success' }])
      const again = await ana.post(`/tenants/acme/invitations/${id}/resend`)
      assert.deepEqual([again.status, again.body['code']], [404, 'invitation.unknown'])
    }
    await invited('una@new.test')
  })

  test('MF-49 a token of another purpose or none declines nothing', async () => {
    const answer = await people.world
      .visitor()
      .post('/auth/invitations/decline', { token: 'A'.repeat(43) })
    assert.deepEqual([answer.status, answer.body['code']], [400, 'invitation.invalid'])
  })

  test('whoever was asked in holds nothing, is nowhere, and is no owner', async () => {
    await invited('ida@example.com', { role: 'admin' })
    const held = await people.sql<{ grants: string[] }>(
      "select grants from plinth.memberships where invited_email = 'ida@example.com'",
    )
    assert.deepEqual(held, [{ grants: [] }])
    await assert.rejects(
      people.sql(
        "update plinth.memberships set role = 'owner' where invited_email = 'ida@example.com'",
      ),
      /memberships_owner_works/,
    )
    const ida = await people.stranger('ida')
    const own = await ida.get<{ items: { slug: string }[] }>('/tenants')
    assert.deepEqual(
      own.body.items.map(({ slug }) => slug),
      ['home-of-ida'],
    )
    assert.equal((await ida.get(PEOPLE, { 'x-tenant-id': 'acme' })).status, 404)
  })

  test('TN-20 an e-mail domain joins nobody, and neither does an invitation that was not accepted', async () => {
    await invited('jo@example.com')
    const jo = await people.stranger('jo')
    const kim = await people.stranger('kim')
    for (const one of [jo, kim]) {
      const own = await one.get<{ items: { slug: string }[] }>('/tenants')
      assert.equal(
        own.body.items.some(({ slug }) => slug === 'acme'),
        false,
      )
    }
  })

  test('nobody is bombed with mail: five mails to an address in an hour', async () => {
    const { id } = await invited('bomb@new.test')
    const again = () => ana.post(`/tenants/acme/invitations/${id}/resend`, {})
    for (let sent = 0; sent < 5; sent += 1) assert.equal((await again()).status, 200)
    assert.equal((await again()).status, 429)
    for (let sent = 0; sent < 5; sent += 1) {
      const { body } = await ana.post(PEOPLE, { ...WIN, email: 'More@new.test' })
      assert.equal((await ana.delete(`${PEOPLE}/${body['id']}`)).status, 204)
    }
    const more = await ana.post(PEOPLE, { ...WIN, email: 'more@NEW.test' })
    assert.equal(more.status, 429)
  })

  test('what an administrator wrote becomes no link in a mail of ours', async () => {
    await ana.post(PEOPLE, {
      first_name: 'Win',
      last_name: 'https://evil.test/x now',
      email: 'spam@new.test',
    })
    const text = await people.textTo('spam@new.test')
    assert.match(text, /Hello Win https evil\. test x now,/)
    assert.equal(text.match(/https?:\/\//g)?.length, 1)
  })

  test('a member of a tenant with too few rights, and one of another tenant, invite nobody', async () => {
    const lee = await people.world.signIn('lee', { tenant: 'acme', can: ['people:read'] })
    assert.equal((await lee.get('/tenants/acme/invitations')).status, 200)
    assert.equal((await lee.post('/tenants/acme/invitations', { email: 'a@b.test' })).status, 403)
    const mia = await people.stranger('mia')
    assert.equal((await mia.post('/tenants/acme/invitations', { email: 'a@b.test' })).status, 404)
  })
})
