import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { PlatformTx } from '../../data/index.ts'
import type { Answer, Person } from '../../testing/person.ts'
import { tokenIn } from '../account/accounts.fixture.ts'
import type { MfaWorld, WithApp } from './mfa.fixture.ts'
import { openMfa, otherThan } from './mfa.fixture.ts'
import { renewRecoveryCodes, useRecoveryCode } from './recovery-codes.repository.ts'
import { keepCode, useSentCode } from './sent-codes.repository.ts'

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa()
})
after(() => mfa[Symbol.asyncDispose]())

const CODE = 'Invalid MFA code'
const finish = (browser: Person, token: string, code: string): Promise<Answer> =>
  browser.post('/auth/web/mfa', { mfa_token: token, code })
const isRefused = ({ status, body }: Answer, detail: string) => {
  assert.deepEqual([status, body['detail']], [401, detail])
}

async function signInWith({ who, secret }: WithApp, steps = 0) {
  const { browser, token } = await mfa.logIn(who)
  return { browser, token, done: await finish(browser, token, mfa.codeOf(secret, steps)) }
}

test('MF-02 twenty requests with one code: one of them signs in', async () => {
  const app = await mfa.withApp()
  const many = await Promise.all(Array.from({ length: 20 }, () => mfa.logIn(app.who)))
  const code = mfa.codeOf(app.secret)
  const done = await Promise.all(many.map(({ browser, token }) => finish(browser, token, code)))
  assert.equal(done.filter(({ status }) => status === 200).length, 1)
})

test('MF-03 a used code in another spelling is refused, and so is any that is not six digits', async () => {
  const app = await mfa.withApp()
  const code = mfa.codeOf(app.secret)
  assert.equal((await signInWith(app)).done.status, 200)
  const wide = code.replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))
  const spellings = [
    ` ${code}`,
    `${code}\t`,
    `${code.slice(0, 3)} ${code.slice(3)}`,
    wide,
    `+${code}`,
    `-${code}`,
    code.slice(1),
    `0${code}`,
    `${code}\u00a0`,
    `${code.slice(0, 3)}-${code.slice(3)}`,
    '',
    '0x1234',
  ]
  for (const spelling of spellings) {
    // A challenge ends after five: each spelling has one of its own, and a place of its own.
    const { browser, token } = await mfa.logIn(app.who)
    isRefused(await finish(browser, token, spelling), CODE)
    await mfa.sql('delete from plinth.attempts')
  }
})

test('MF-05 v5.0.0-V6.5.5 a clock may be one step off each way, and no further', async () => {
  for (const [steps, status] of [
    [-2, 401],
    [-1, 200],
    [0, 200],
    [1, 200],
    [2, 401],
  ] as const) {
    const app = await mfa.withApp()
    mfa.pass(3)
    assert.equal((await signInWith(app, steps)).done.status, status, `${steps} steps`)
  }
})

test('FI-31 a clock that steps while codes are used brings none back, and shuts nobody out for good', async () => {
  const app = await mfa.withApp()
  mfa.pass(4)
  const used = mfa.codeOf(app.secret)
  assert.equal((await signInWith(app)).done.status, 200)
  // Back by minutes, as a time server may set it: what was valid then is older than what was used.
  mfa.world.clock.advance(-120_000)
  for (const steps of [-1, 0, 1]) isRefused((await signInWith(app, steps)).done, CODE)
  await mfa.sql('delete from plinth.attempts')
  mfa.world.clock.advance(120_000)
  const { browser, token } = await mfa.logIn(app.who)
  isRefused(await finish(browser, token, used), CODE)
  mfa.pass(1)
  assert.equal((await signInWith(app)).done.status, 200)
})

test('MF-07 ten thousand tries in a day are impossible from any number of addresses', async () => {
  const app = await mfa.withApp()
  const wrong = otherThan(mfa.codeOf(app.secret))
  let looked = 0
  for (let tries = 0; tries < 30; tries += 1) {
    const { browser, token } = await mfa.logIn(app.who)
    const done = await finish(browser, token, wrong)
    if (done.status === 401) looked += 1
  }
  assert.ok(looked <= 20, `${looked} codes were looked at`)
})

test('MF-46 v5.0.0-V6.4.3 a password that was reset lets nobody past the second factor', async () => {
  const app = await mfa.withApp()
  const { email } = app.who
  assert.equal((await mfa.browser().post('/auth/password-reset-request', { email })).status, 200)
  const mails = await mfa.mails()
  const link = mails.find(({ to, text }) => to.includes(email) && text.includes('reset-password'))
  const password = 'a harbour full of lanterns'
  const token = link === undefined ? '' : tokenIn(link)
  const reset = await mfa.browser().post('/auth/password-reset', { token, new_password: password })
  assert.equal(reset.status, 200, JSON.stringify([reset.body, mails.map(({ text }) => text)[0]]))
  const { answer } = await mfa.logIn({ ...app.who, password })
  assert.deepEqual([answer.status, answer.body['mfa_required']], [200, true])
})

const ROUNDS = 100
const AT_ONCE = 20

/** Lets twenty transactions of one process try at once, a hundred times; one of each twenty may win. */
async function race(tries: (round: number) => Promise<(tx: PlatformTx) => Promise<boolean>>) {
  const { platform } = mfa.world.database
  for (let round = 0; round < ROUNDS; round += 1) {
    const attempt = await tries(round)
    const all = Array.from({ length: AT_ONCE }, () => platform.transaction(attempt))
    const won = (await Promise.all(all)).filter(Boolean)
    assert.equal(won.length, 1, `round ${round}`)
  }
}

const nowText = () => new Date(mfa.world.clock.now()).toISOString()

test('MF-24 v5.0.0-V6.5.1 a recovery code, twenty at once, a hundred rounds: one winner each', async () => {
  const { who } = await mfa.withApp()
  const { platform } = mfa.world.database
  await race(async () => {
    const [code = ''] = await platform.transaction((tx) =>
      renewRecoveryCodes(tx, mfa.world.clock, who.person),
    )
    const typed = { person: who.person, code: code.replaceAll('-', ''), now: nowText() }
    return (tx) => useRecoveryCode(tx, typed)
  })
})

test('MF-20 v5.0.0-V6.5.1 a sent code, twenty at once, a hundred rounds: one winner each', async () => {
  const { method } = await mfa.withApp()
  const { clock, database } = mfa.world
  const key = createSecretKey(randomBytes(32))
  const place = { method, scope: { challenge: 'one' }, address: 'ana@example.com' }
  await race(async (round) => {
    const digits = String(round).padStart(6, '0')
    await database.platform.transaction((tx) =>
      keepCode(tx, key, { ...place, digits, clock, seconds: 600 }),
    )
    return (tx) => useSentCode(tx, key, { ...place, digits, now: nowText() })
  })
})
