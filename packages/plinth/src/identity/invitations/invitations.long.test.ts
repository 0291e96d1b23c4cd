import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Person } from '../../testing/index.ts'
import type { PeopleWorld } from '../people/people.fixture.ts'
import { startPeople } from '../people/people.fixture.ts'

const ACCEPT = '/auth/invitations/accept'
const AT_ONCE = 20
const ROUNDS = 100
const NEWCOMER_ROUNDS = 5
const PASSWORD = 'a tram full of oranges'
const UNWANTED = 'ida@new.test'

let people: PeopleWorld
let ana: Person
before(async () => {
  people = await startPeople({ hooks: { mayJoin: ({ email }) => email !== UNWANTED } })
  ana = await people.world.signIn('ana', { tenant: 'acme' })
})
after(() => people[Symbol.asyncDispose]())

const invited = async (email: string) => {
  const made = await ana.post('/tenants/acme/invitations', { email })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  return people.tokenFor(email)
}
const winners = (answers: readonly { readonly status: number }[]) =>
  answers.filter(({ status }) => status === 200).length

test(`MF-48 ${AT_ONCE} at once with one session each, ${ROUNDS} times: one is accepted`, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const who = `round-${round}`
    await people.stranger(who)
    const browsers = await Promise.all(Array.from({ length: AT_ONCE }, () => people.stranger(who)))
    await Promise.all(browsers.map((one) => one.refreshCsrf()))
    const token = await invited(`${who}@example.com`)
    const answers = await Promise.all(browsers.map((one) => one.post(ACCEPT, { token })))
    assert.equal(winners(answers), 1, `round ${round}`)
    const members = await people.sql(
      `select 1 from plinth.memberships m join plinth.people p on p.id = m.person_id
         join plinth.tenants t on t.id = m.tenant_id and t.slug = 'acme'
        where p.email = $1`,
      [`${who}@example.com`],
    )
    assert.equal(members.length, 1, `round ${round}`)
  }
})

test(`MF-48 ${AT_ONCE} new accounts at once, ${NEWCOMER_ROUNDS} times: one is made`, async () => {
  for (let round = 0; round < NEWCOMER_ROUNDS; round += 1) {
    const email = `new-${round}@race.test`
    const token = await invited(email)
    const body = { token, password: PASSWORD }
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () => people.world.visitor().post(ACCEPT, body)),
    )
    assert.equal(winners(answers), 1, `round ${round}`)
    const made = await people.sql('select 1 from plinth.people where email = $1', [email])
    assert.equal(made.length, 1)
  }
})

test('MF-48 whoever is not let in leaves a row that says why, signed in or not, with an account or without', async () => {
  const gus = await people.stranger('gus')
  const known = { token: await invited('gus@example.com') }
  const unwanted = { token: await invited(UNWANTED), password: PASSWORD }
  const nobodys = { token: 'x'.repeat(43) }
  const stranger = (body: object) => people.world.visitor().post(ACCEPT, body)
  const tries = [
    [await stranger(nobodys), 'invalid_token', null],
    [await stranger({ ...nobodys, password: PASSWORD }), 'invalid_token', null],
    [await gus.post(ACCEPT, nobodys), 'invalid_token', null],
    [await stranger(known), 'sign_in_first', 'acme'],
    [await stranger({ ...known, password: PASSWORD }), 'sign_in_first', 'acme'],
    [await stranger(unwanted), 'refused', 'acme'],
  ] as const
  for (const [answer, reason, slug] of tries) {
    const rows = await people.sql(
      `select a.outcome, a.reason, t.slug from plinth.audit_events a
         left join plinth.tenants t on t.id = a.tenant_id
        where a.request_id = $1 and a.action = 'invitation.accepted'`,
      [answer.headers.get('x-request-id')],
    )
    assert.deepEqual(rows, [{ outcome: 'denied', reason, slug }], `${answer.status}`)
  }
})
