import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Person } from '../../testing/person.ts'
import type { TestAccount } from '../account/accounts.fixture.ts'
import { GOOD } from '../account/accounts.fixture.ts'
import type { MfaWorld } from '../mfa/mfa.fixture.ts'
import { openMfa, otherThan } from '../mfa/mfa.fixture.ts'

const MOST = 10
let mfa: MfaWorld
before(async () => {
  mfa = await openMfa({ 'rate_limiter.requests': MOST })
})
after(() => mfa[Symbol.asyncDispose]())

const LOGIN = '/auth/login'
const WEB_LOGIN = '/auth/web/login'

let networks = 0
/** From a network that nobody used before. */
const stranger = (): Person => {
  networks += 1
  return mfa.at(`203.0.${113 + (networks >> 8)}.${networks & 255}`)
}
const statusOf = async (person: Person, path: string, body: object) =>
  (await person.post(path, body)).status
const tries = (path: string, username: string, from = stranger(), password = 'not hers at all') =>
  statusOf(from, path, { username, password })

/** As many strangers as one account lets try, and two more. */
async function flood(path: string, username: string): Promise<readonly number[]> {
  const statuses: number[] = []
  for (let at = 0; at < MOST + 2; at += 1) statuses.push(await tries(path, username))
  return statuses
}
const TEN_THEN_NONE = [...Array(MOST).fill(401), 429, 429]

for (const path of [LOGIN, WEB_LOGIN]) {
  test(`D10 POST ${path}: ten tries a minute of one account by all strangers together, whether it is known or not`, async () => {
    const ana = await mfa.account()
    assert.deepEqual(await flood(path, ana.email), TEN_THEN_NONE)
    assert.deepEqual(await flood(path, `nobody-${ana.email}`), TEN_THEN_NONE)
    // The right password is no way round it, and another account is not concerned.
    const answer = await stranger().post(path, { username: ana.email, password: GOOD })
    assert.deepEqual([answer.status, answer.body['code']], [429, 'http.rate_limited'])
    assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
    assert.match(answer.headers.get('ratelimit') ?? '', /"account";r=0/)
    assert.equal(await tries(path, (await mfa.account()).email), 401)
    mfa.world.clock.advance(70_000)
    assert.equal(await tries(path, ana.email, stranger(), GOOD), 200)
  })
}

test('D10 MF-10 strangers leave a person what is theirs: where they signed in before, by network and by browser', async () => {
  const ana = await mfa.account()
  const home = stranger()
  assert.equal(await tries(LOGIN, ana.email, home, GOOD), 200)
  const browser = await knownBrowser(ana)
  assert.deepEqual(await flood(LOGIN, ana.email), TEN_THEN_NONE)
  assert.deepEqual(await flood(WEB_LOGIN, ana.email), TEN_THEN_NONE)
  assert.equal(await tries(LOGIN, ana.email, home, GOOD), 200)
  assert.equal(await tries(WEB_LOGIN, ana.email, browser(), GOOD), 200)
})

test('D10 a browser that is known has ten a minute too, from all networks together', async () => {
  const ana = await mfa.account()
  const browser = await knownBrowser(ana)
  const statuses: number[] = []
  for (let at = 0; at < MOST + 1; at += 1) {
    statuses.push(await tries(WEB_LOGIN, ana.email, browser(), GOOD))
  }
  assert.deepEqual(statuses, [...Array(MOST).fill(200), 429])
  assert.equal(await tries(WEB_LOGIN, ana.email, stranger(), GOOD), 200)
})

test('D10 MF-10 one network uses up nothing but its own: what its lock refuses is not asked of the account', async () => {
  const ana = await mfa.account()
  const evil = stranger()
  for (let at = 0; at < MOST; at += 1) await tries(LOGIN, ana.email, evil)
  assert.equal(await tries(LOGIN, ana.email, stranger(), GOOD), 200)
})

test('D10 a try that the limit refused was counted nowhere: no lock comes of it', async () => {
  const ana = await mfa.account()
  const late = stranger()
  assert.deepEqual(await flood(LOGIN, ana.email), TEN_THEN_NONE)
  for (let at = 0; at < 6; at += 1) assert.equal(await tries(LOGIN, ana.email, late), 429)
  mfa.world.clock.advance(70_000)
  assert.equal(await tries(LOGIN, ana.email, late, GOOD), 200)
})

test('D10 MF-07 POST /auth/mfa/verify: ten codes a minute for one account from all networks together', async () => {
  const { who, secret } = await mfa.withApp()
  const wrong = otherThan(mfa.codeOf(secret))
  const home = stranger()
  const tokens: string[] = []
  for (let at = 0; at < 4; at += 1) {
    const answer = await home.post(LOGIN, { username: who.email, password: GOOD })
    tokens.push(String(answer.body['mfa_token']))
  }
  const verify = (at: number) =>
    statusOf(stranger(), '/auth/mfa/verify', { mfa_token: tokens[at % 4], code: wrong })
  const statuses: number[] = []
  for (let at = 0; at < MOST + 2; at += 1) statuses.push(await verify(at))
  assert.deepEqual(statuses, TEN_THEN_NONE)
})

/** A browser that its person signed in with, at another network each time it is called. */
async function knownBrowser(ana: TestAccount): Promise<() => Person> {
  const browser = mfa.browser()
  assert.equal(await tries(WEB_LOGIN, ana.email, browser, GOOD), 200)
  mfa.world.clock.advance(70_000)
  return () => {
    networks += 1
    const forwarded = { 'x-forwarded-for': `203.0.113.${networks & 255}` }
    return { ...browser, post: (path, body) => browser.post(path, body, forwarded) }
  }
}
