import assert from 'node:assert/strict'
import { TOTP, Secret as TotpSecret } from 'otpauth'
import type { GivenValues } from '../../config/index.ts'
import type { Feature } from '../../feature/index.ts'
import type { Answer, Person } from '../../testing/person.ts'
import type { AccountWorld, TestAccount } from '../account/accounts.fixture.ts'
import { openAccounts } from '../account/accounts.fixture.ts'
import type { FakeGateway } from './sms-gateway.fixture.ts'
import { startGateway } from './sms-gateway.fixture.ts'

/** A world with accounts, a mailbox and an SMS gateway. */
export interface MfaWorld extends AccountWorld {
  readonly gateway: FakeGateway
  /** A code of an authenticator app, some steps from now. */
  codeOf(secret: string, steps?: number): string
  /** Moves the clock on by steps of an authenticator app, to the first second of one: no step ends meanwhile. */
  pass(steps: number): void
  /** A browser at an address that nobody used before. */
  browser(): Person
  /** Signs in with a password: the answer, and the browser. */
  logIn(who: TestAccount, browser?: Person): Promise<LoggedIn>
  /** An account with an authenticator app; its browser is signed in with both factors. */
  withApp(): Promise<WithApp>
  /** Names of the mails to an address that wait for the worker. */
  mailsWaiting(to: string): Promise<readonly string[]>
  /** The last code that went to an address or a number. */
  lastCode(to: string): Promise<string>
}

/** A browser after the password. */
export interface LoggedIn {
  readonly browser: Person
  readonly answer: Answer
  readonly token: string
}

/** Somebody with an authenticator app. */
export interface WithApp {
  readonly who: TestAccount
  readonly browser: Person
  readonly method: string
  readonly secret: string
  readonly recoveryCodes: readonly string[]
}

const STEP_MS = 30_000

/** Opens a world. */
export async function openMfa(
  settings: GivenValues = {},
  features: readonly Feature[] = [],
): Promise<MfaWorld> {
  const gateway = await startGateway()
  const accounts = await openAccounts(
    { ...gateway.settings, 'mfa.sms.countries': ['+49', '+4420'], ...settings },
    features,
  )
  const { clock } = accounts.world
  let machines = 0
  const browser = () => {
    machines += 1
    return accounts.at(`198.51.${machines >> 8}.${machines & 255}`)
  }
  const codeOf = (secret: string, steps = 0) =>
    TOTP.generate({
      secret: TotpSecret.fromBase32(secret),
      timestamp: clock.now() + steps * STEP_MS,
    })
  const pass = (steps: number) => clock.advance(steps * STEP_MS - (clock.now() % STEP_MS) + 1_000)
  const logIn: MfaWorld['logIn'] = async (who, at = browser()) => {
    const { email: username, password } = who
    const answer = await at.post('/auth/web/login', { username, password })
    return { browser: at, answer, token: String(answer.body['mfa_token']) }
  }
  return {
    ...accounts,
    gateway,
    codeOf,
    pass,
    browser,
    logIn,
    withApp: async () => {
      const who = await accounts.account()
      const { browser: at } = await logIn(who)
      const app = await addApp(at, codeOf)
      // The code that confirmed it is used up: the next sign-in needs the one of another step.
      pass(1)
      return { who, browser: at, ...app }
    },
    mailsWaiting: async (to) => {
      const rows = await accounts.sql<{ template: string }>(
        `select data->'input'->>'template' as template from plinth_jobs.job
          where name = 'notify.mail' and data->'input'->'to'->>'address' = $1 and state = 'created'
          order by created_on`,
        [to],
      )
      return rows.map(({ template }) => template)
    },
    lastCode: async (to) => {
      const mails = await accounts.mails()
      const sms = gateway.received.findLast((one) => one.to === to)?.text
      const mail = mails.find((one) => one.to.includes(to) && one.subject === 'Your code')?.text
      return /\b\d{6}\b/.exec(sms ?? mail ?? '')?.[0] ?? ''
    },
    async [Symbol.asyncDispose]() {
      await accounts[Symbol.asyncDispose]()
      await gateway[Symbol.asyncDispose]()
    },
  }
}

/** Adds an authenticator app to whoever is signed in. */
export async function addApp(
  person: Person,
  codeOf: MfaWorld['codeOf'],
): Promise<Pick<WithApp, 'method' | 'secret' | 'recoveryCodes'>> {
  const setUp = await person.post('/auth/mfa/setup', {})
  assert.equal(setUp.status, 200, JSON.stringify(setUp.body))
  const method = String(setUp.body['method_id'])
  const secret = String(setUp.body['secret'])
  const done = await person.post('/auth/mfa/confirm', { method_id: method, code: codeOf(secret) })
  assert.equal(done.status, 200, JSON.stringify(done.body))
  return { method, secret, recoveryCodes: (done.body['recovery_codes'] ?? []) as string[] }
}

/** A code that is not this one. */
export function otherThan(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0')
}
