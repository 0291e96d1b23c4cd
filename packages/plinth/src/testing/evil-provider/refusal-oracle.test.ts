import { rejects } from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { Client } from 'pg'
import type { Answer, Person } from '../person.ts'
import { createTestClock } from '../test-clock.ts'
import type { World } from '../world.ts'
import { startWorld } from '../world.ts'
import type { Attack, EvilProvider, RefusalOracle } from './index.ts'
import { newSigningKey, openRefusalOracle, startEvilProvider } from './index.ts'

// A service cannot be made guilty of each wrong, so the test does it in its name: what the oracle
// says of a refusal is worth what it says here of something that was none.

let evil: EvilProvider
let world: World
let admin: Client
let logged: string[]
let oracle: RefusalOracle
before(async () => {
  const clock = createTestClock()
  evil = await startEvilProvider({ clock })
  world = await startWorld({ features: [], providers: [evil], clock })
  const { adminUrl } = world.testDatabase
  admin = new Client(adminUrl)
  await admin.connect()
  await admin.query('create table public.drawer (note text)')
  logged = []
  oracle = await openRefusalOracle({ ...world, logged, adminUrl })
})
beforeEach(async () => {
  evil.reset()
  logged.length = 0
  await admin.query('delete from public.drawer')
})
after(async () => {
  await oracle[Symbol.asyncDispose]()
  await admin.end()
  await world[Symbol.asyncDispose]()
  await evil[Symbol.asyncDispose]()
})

/** The callback of a sign-in that its provider spoilt, and what a guilty service does besides. */
type Wrong = (deed: {
  readonly browser: Person
  readonly refuse: () => Promise<Answer>
}) => Promise<Answer>

const SPOILT = { aud: 'somebody-else' }

async function judged(wrong: Wrong, attack: Partial<Attack> = {}): Promise<unknown> {
  const browser = world.visitor()
  evil.always({ claims: SPOILT })
  const back = evil.callback(await evil.start(browser))
  const act = () => wrong({ browser, refuse: () => browser.get(back) })
  return oracle.refused(evil, { browser, act, reason: 'id_token_invalid', ...attack })
}

const told = (answer: Answer, text: string): Answer => ({ ...answer, body: { detail: text } })
const keep = (note: string) => admin.query('insert into public.drawer values ($1)', [note])

const WRONGS: readonly (readonly [title: string, check: RegExp, Wrong, Partial<Attack>?])[] = [
  ['a 5xx', /\(1\) status 500/, async ({ refuse }) => ({ ...(await refuse()), status: 500 })],
  [
    'a page that shows all is well',
    /\(1\) status 200/,
    async ({ refuse }) => ({ ...(await refuse()), status: 200 }),
  ],
  [
    'a way to somebody else',
    /\(1\) it leads away/,
    async ({ refuse }) => {
      const headers = new Headers({ location: 'https://evil.example/' })
      return { ...(await refuse()), headers }
    },
  ],
  [
    'another status than the one asked for',
    /\(1\) another status/,
    ({ refuse }) => refuse(),
    { status: 400 },
  ],
  [
    'a session cookie',
    /\(2\) it got a session cookie/,
    async ({ browser, refuse }) => {
      const answer = await refuse()
      browser.cookies.set('user_session_id', 'x')
      return answer
    },
  ],
  [
    'a session without a cookie',
    /\(3\) there is a new session/,
    async ({ refuse }) => {
      evil.say.claims = {}
      await evil.signIn(world.visitor())
      evil.say.claims = SPOILT
      return refuse()
    },
    { tokenCalls: 2 },
  ],
  [
    'a person that changed',
    /\(3\) people, identities or memberships changed/,
    async ({ refuse }) => {
      await admin.query(
        "insert into plinth.people (id, name, created_at) select gen_random_uuid(), 'Mallory', now()",
      )
      return refuse()
    },
  ],
  [
    'a token that is kept, as text',
    /\(4\) a token or code is stored/,
    async ({ refuse }) => {
      const answer = await refuse()
      await keep(`beside ${evil.issued.at(-1)}`)
      return answer
    },
  ],
  [
    'another reason',
    /\(5\) another audit row/,
    ({ refuse }) => refuse(),
    { reason: 'code_missing' },
  ],
  [
    'no audit row',
    /\(5\) another audit row/,
    async ({ refuse }) => {
      const answer = await refuse()
      await admin.query(
        "set session_replication_role = replica; delete from plinth.audit_events where reason = 'id_token_invalid'; set session_replication_role = origin",
      )
      return answer
    },
  ],
  [
    'two audit rows',
    /\(5\) another audit row/,
    async ({ refuse }) => {
      await world.visitor().get('/auth/web/callback?code=x&state=y')
      return refuse()
    },
  ],
  [
    'a sign-in that waits on',
    /\(6\) the pending sign-in is still there/,
    async ({ browser, refuse }) => {
      await evil.start(browser)
      return refuse()
    },
  ],
  [
    'a login cookie that stays',
    /\(6\) the login cookie is still there/,
    async ({ browser, refuse }) => {
      const jar = new Map(browser.cookies)
      const answer = await refuse()
      for (const [name, value] of jar) browser.cookies.set(name, value)
      return answer
    },
  ],
  [
    'a pending sign-in that is cancelled',
    /\(6\) a pending sign-in is gone/,
    ({ refuse }) => refuse(),
    { pending: 'kept' },
  ],
  [
    'a token in the answer',
    /\(7\) told or logged/,
    async ({ refuse }) => told(await refuse(), `it was ${evil.issued.at(-1)}`),
  ],
  [
    'the secret in the log',
    /\(7\) told or logged/,
    async ({ refuse }) => {
      logged.push(`{"form":"client_secret=${evil.settings.client_secret}"}`)
      return refuse()
    },
  ],
  [
    'any token in the log',
    /\(7\) a token is told or logged/,
    async ({ refuse }) => {
      logged.push(evil.mint.id({ sub: 'whoever' }))
      evil.reset()
      evil.always({ claims: SPOILT })
      return refuse()
    },
  ],
  [
    'a stack',
    /\(7\) a stack is told or logged/,
    async ({ refuse }) =>
      told(await refuse(), 'Error: no\n    at claimFault (id-token-claims.ts:49)'),
  ],
  [
    'two calls for one code',
    /2 calls to the token endpoint/,
    async ({ browser, refuse }) => {
      const jar = new Map(browser.cookies)
      await evil.signIn(world.visitor())
      for (const [name, value] of jar) browser.cookies.set(name, value)
      return refuse()
    },
  ],
]
for (const [title, check, wrong, attack] of WRONGS) {
  test(`the oracle does not take ${title} for a refusal`, async () => {
    await rejects(judged(wrong, attack), check)
  })
}

test('the oracle does not take a sign-in that can be tried again for a refusal', async () => {
  let tries = 0
  const forgetful: Wrong = async ({ refuse }) => {
    tries += 1
    if (tries === 2) {
      await admin.query(
        `update plinth.pending_logins set consumed_at = null
          where id = (select id from plinth.pending_logins where consumed_at is not null
                        order by consumed_at desc limit 1)`,
      )
    }
    return refuse()
  }
  await rejects(judged(forgetful), /\(6\) it could be tried again/)
})

test('the oracle takes a refusal for one', async () => {
  await judged(({ refuse }) => refuse())
})

test('the oracle does not take a service for whole that nobody can sign in at afterwards', async () => {
  const also = () => void evil.rotateKeys(newSigningKey('PS256'))
  const work = judged(({ refuse }) => refuse(), { also })
  await rejects(work, /\(8\) a normal sign-in does not work/)
})
