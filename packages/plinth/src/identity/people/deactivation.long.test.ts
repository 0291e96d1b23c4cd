import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Person } from '../../testing/index.ts'
import type { SecondProcess } from '../../testing/second-process.ts'
import { startSecondProcess } from '../../testing/second-process.ts'
import type { PeopleWorld } from './people.fixture.ts'
import { startPeople } from './people.fixture.ts'

const PLATFORM = '/api/v1/platform/people'
const PASSWORD = 'a tram full of oranges'
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0'
/** Whatever is asked so long after the change was answered is refused. */
const BOUND_MS = 1_000

suite('deactivation', () => {
  let people: PeopleWorld
  let second: SecondProcess
  let [root, ana]: Person[] = []
  before(async () => {
    people = await startPeople()
    second = await startSecondProcess(people.world, [], { 'tenancy.mode': 'organisations' })
    await people.stranger('root')
    await people.sql(
      `insert into plinth.platform_roles (person_id, permissions)
       select id, '{platform:*}' from plinth.people where email = 'root@example.com'`,
    )
    root = await people.stranger('root')
    ana = await people.world.signIn('ana', { tenant: 'acme' })
  })
  after(async () => {
    await second[Symbol.asyncDispose]()
    await people[Symbol.asyncDispose]()
  })

  interface Ways {
    readonly id: string
    /** By what the person comes in, each as headers. */
    readonly ways: ReadonlyMap<string, Readonly<Record<string, string>>>
  }

  /** A member of acme with a session, an access token and a key. */
  async function member(who: string): Promise<Ways> {
    const email = `${who}@example.com`
    const made = await root?.post<{ id: string }>(PLATFORM, {
      email,
      first_name: who,
      last_name: 'X',
    })
    const id = made?.body.id ?? ''
    await people.sql(
      `insert into plinth.memberships (tenant_id, person_id, role, permissions)
       select id, $1, 'custom', '{people:read}' from plinth.tenants where slug = 'acme'`,
      [id],
    )
    const visitor = people.world.visitor()
    await visitor.post('/auth/password-reset-request', { email })
    const token = await people.tokenFor(email)
    await visitor.post('/auth/password-reset', { token, new_password: PASSWORD })
    const sign = { username: email, password: PASSWORD }
    const tokens = await people.world.visitor().post('/auth/login', sign)
    const browser = people.world.visitor()
    assert.equal((await browser.post('/auth/web/login', sign)).status, 200)
    await browser.refreshCsrf()
    const key = await browser.post('/api/v1/api-keys', {
      type: 'user',
      name: 'all',
      scopes: ['people:read'],
    })
    assert.equal(key.status, 201, JSON.stringify(key.body))
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
    return {
      id,
      ways: new Map([
        ['session', { cookie, 'user-agent': BROWSER }],
        ['token', { authorization: `Bearer ${tokens.body['access_token']}` }],
        ['key', { 'x-api-key': String(key.body['key']) }],
      ]),
    }
  }

  async function statuses({ ways }: Ways): Promise<Record<string, number>> {
    const found: Record<string, number> = {}
    for (const [where, { url }] of Object.entries({ first: people.world, second })) {
      for (const [way, headers] of ways) {
        const answer = await fetch(`${url}/api/v1/people?limit=1`, { headers })
        await answer.arrayBuffer()
        found[`${way} at the ${where} process`] = answer.status
      }
    }
    return found
  }
  const all = (found: Record<string, number>, status: number) =>
    assert.deepEqual(found, Object.fromEntries(Object.keys(found).map((name) => [name, status])))

  test('AK-14 whoever is deactivated on the platform comes in nowhere a second later: by no session, token or key, in no process', async () => {
    const one = await member('pat')
    // Twice: what is in memory by then is asked from there.
    all(await statuses(one), 200)
    all(await statuses(one), 200)
    const off = await root?.patch(`${PLATFORM}/${one.id}`, { is_active: false })
    assert.equal(off?.status, 200, JSON.stringify(off?.body))
    await sleep(BOUND_MS)
    all(await statuses(one), 401)
  })

  test('AK-14 whoever is deactivated in a tenant does nothing there a second later, in no process', async () => {
    const one = await member('quin')
    all(await statuses(one), 200)
    all(await statuses(one), 200)
    const off = await ana?.patch(`/api/v1/people/${one.id}`, { is_active: false })
    assert.equal(off?.status, 200, JSON.stringify(off?.body))
    await sleep(BOUND_MS)
    for (const [name, status] of Object.entries(await statuses(one)))
      assert.ok([401, 403, 404].includes(status), `${name}: ${status}`)
  })
})
