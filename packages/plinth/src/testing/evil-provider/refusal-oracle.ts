import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { holdsJwt } from '../holds-jwt.ts'
import type { Answer, CallHeaders, Person } from '../person.ts'
import type { TestClock } from '../test-clock.ts'
import type { CallbackFields } from './browser-side.ts'
import type { AuditRow, Evidence, Witness } from './evidence.ts'
import { openWitness } from './evidence.ts'
import type { EvilProvider } from './evil-provider.ts'
import type { EvilSays } from './says.ts'

/** A running service, as far as the oracle looks at it. */
export interface Scene {
  /** Superuser of its database. */
  readonly adminUrl: string
  /** Everything it logged, a line each. */
  readonly logged: readonly string[]
  readonly clock: TestClock
  /** A new browser. */
  readonly visitor: () => Person
}

/** One request that must be refused. */
export interface Attack {
  /** The browser that sends it; what its jar holds afterwards is looked at. */
  readonly browser: Person
  /** Sends it. */
  readonly act: (browser: Person) => Promise<Answer>
  /** Reason code of the audit row; null for a request that is no HTTP of ours and leaves no row. */
  readonly reason: string | null
  /** The exact status; any 4xx, or the way back to a page of ours, when left out. */
  readonly status?: number
  /** Whether a pending sign-in is used up by it (default) or stays as it was. */
  readonly pending?: 'used' | 'kept'
  /** Whether sessions stay as they were (default) or one of them ends. */
  readonly sessions?: 'kept' | 'ended'
  /** Calls to the token endpoint that it may cost; one by default. */
  readonly tokenCalls?: number
  /** What else is looked at, before the browser goes on and signs in as usual. */
  readonly also?: (refused: Refused) => void | Promise<void>
}

/** A sign-in that must be refused: what the provider says, and what comes back from it. */
export interface SignInAttack extends Omit<Attack, 'act' | 'browser'> {
  readonly browser?: Person
  /** Said from before its start; a function is told the authorization request, nonce and all. */
  readonly says?: Partial<EvilSays> | ((asked: URLSearchParams) => Partial<EvilSays>)
  /** More of the login's query. */
  readonly login?: string
  /** Fields of the callback that replace the honest ones. */
  readonly callback?: CallbackFields
  /** What becomes of the callback's path and query. */
  readonly bend?: (path: string) => string
  readonly headers?: CallHeaders
  /** What else happens between login and callback. */
  readonly meanwhile?: (browser: Person) => void | Promise<void>
}

/** What the refused request got and cost. */
export interface Refused {
  readonly answer: Answer
  /** Its audit row; `data` is JSON. */
  readonly audit: AuditRow
  /** Bodies of the calls to the token endpoint. */
  readonly tokenCalls: readonly string[]
  /** What was logged meanwhile. */
  readonly logged: readonly string[]
}

/** Proves of attacks on sign-in that nothing came of them. */
export interface RefusalOracle extends AsyncDisposable {
  /**
   * Sends a request and proves all eight: (1) a 4xx or a page of ours, (2) no session cookie, (3) no
   * person, identity or session more, less or different, (4) no token of that answer stored, (5) one
   * audit row with its reason, (6) the pending sign-in gone for good, (7) no token, code, secret or
   * stack told or logged, (8) a normal sign-in right after.
   * @throws AssertionError naming the check that failed
   */
  refused(evil: EvilProvider, attack: Attack): Promise<Refused>
  /** Starts a sign-in at the provider, spoils it, and proves all eight of its callback. */
  refusedSignIn(evil: EvilProvider, attack: SignInAttack): Promise<Refused>
}

/**
 * Opens an oracle over a running service:
 *
 * ```ts
 * const { adminUrl } = world.testDatabase
 * await using oracle = await openRefusalOracle({ ...world, adminUrl })
 * const says = { claims: { aud: 'somebody-else' } }
 * await oracle.refusedSignIn(evil, { reason: 'id_token_invalid', says })
 * ```
 */
export async function openRefusalOracle(scene: Scene): Promise<RefusalOracle> {
  const witness = await openWitness(scene.adminUrl)
  const prove = { ...scene, witness }
  return {
    refused: (evil, attack) => refused(prove, evil, attack),
    async refusedSignIn(evil, attack) {
      const browser = attack.browser ?? scene.visitor()
      const { says = {} } = attack
      if (typeof says !== 'function') evil.always(says)
      const started = await evil.start(browser, attack.login)
      if (typeof says === 'function') evil.always(says(new URL(started).searchParams))
      const honest = evil.callback(started, attack.callback)
      const path = attack.bend?.(honest) ?? honest
      await attack.meanwhile?.(browser)
      const act = (from: Person) => from.get(path, attack.headers)
      return refused(prove, evil, { ...attack, browser, act })
    },
    [Symbol.asyncDispose]: () => witness[Symbol.asyncDispose](),
  }
}

type Prove = Scene & { readonly witness: Witness }

async function refused(prove: Prove, evil: EvilProvider, attack: Attack): Promise<Refused> {
  const { browser, act, tokenCalls: allowed = 1 } = attack
  const { witness, logged } = prove
  const jar = new Map(browser.cookies)
  const before = await witness.look()
  const [calls, lines] = [evil.calls('token').length, logged.length]
  const answer = await act(browser)
  const tokenCalls = evil
    .calls('token')
    .slice(calls)
    .map(({ body }) => body)
  ok(tokenCalls.length <= allowed, `${tokenCalls.length} calls to the token endpoint`)
  noHarmIn(answer, attack)
  noSession(browser, jar)
  const after = await witness.look()
  sameRows(before, after, attack)
  deepEqual(await witness.tablesWith(evil.issued), [], '(4) a token or code is stored')
  const audit = oneAuditRow(await witness.auditsSince(before), attack)
  const told = logged.slice(lines)
  nothingTold(evil, { answer, audit, logged: told })
  const refusal = { answer, audit, tokenCalls, logged: told }
  await attack.also?.(refusal)
  await loginIsOver(evil, { attack, jar, before, after })
  await normalSignInWorks(prove, evil, browser)
  return refusal
}

/** A path of ours, without anything of what went wrong inside. */
const OWN_PAGE = /^\/(?![/\\])[\w/.-]*(\?[\w=&.-]*)?$/

function noHarmIn({ status, headers }: Answer, attack: Attack): void {
  if (attack.status !== undefined) return equal(status, attack.status, '(1) another status')
  if (status >= 400 && status < 500) return
  ok(status === 302 || status === 303, `(1) status ${status}`)
  match(headers.get('location') ?? '', OWN_PAGE, '(1) it leads away')
}

const SESSION_COOKIE = /user_session_id$/
const LOGIN_COOKIE = /auth_session_id_/

const cookiesOf = (jar: ReadonlyMap<string, string>, name: RegExp) =>
  [...jar].filter(([key]) => name.test(key)).map(([, value]) => value)

function noSession({ cookies }: Person, jar: ReadonlyMap<string, string>): void {
  const former = new Set(cookiesOf(jar, SESSION_COOKIE))
  const gained = cookiesOf(cookies, SESSION_COOKIE).filter((value) => !former.has(value))
  deepEqual(gained, [], '(2) it got a session cookie')
}

function sameRows(before: Evidence, after: Evidence, { sessions = 'kept' }: Attack): void {
  const news = after.sessions.filter((id) => !before.sessions.includes(id))
  deepEqual(news, [], '(3) there is a new session')
  equal(after.people, before.people, '(3) people, identities or memberships changed')
  if (sessions === 'kept') return equal(after.signedIn, before.signedIn, '(3) a session changed')
  ok(after.sessions.length < before.sessions.length, '(3) no session has ended')
}

const NO_ROW: AuditRow = { action: '', outcome: '', reason: null, data: '{}' }

function oneAuditRow(rows: readonly AuditRow[], { reason }: Attack): AuditRow {
  const reasons = rows.map((one) => one.reason)
  deepEqual(reasons, reason === null ? [] : [reason], '(5) another audit row, or not exactly one')
  const [row = NO_ROW] = rows
  ok(row.outcome !== 'success', '(5) audited as a success')
  return row
}

interface Told {
  readonly answer: Answer
  readonly audit: AuditRow
  readonly logged: readonly string[]
}

const STACK = /(?:\n|\\n) {1,8}at |"stack":"[^"]|node:internal|\.[jt]s:\d/

function nothingTold(evil: EvilProvider, { answer, audit, logged }: Told): void {
  const headers = JSON.stringify([...answer.headers])
  const told = [JSON.stringify(answer.body), headers, audit.data, ...logged].join('\n')
  const { client_secret: secret } = evil.settings
  const encoded = new URLSearchParams({ '': secret }).toString().slice(1)
  for (const one of [secret, encoded, ...evil.issued]) {
    ok(!told.includes(one), `(7) told or logged: ${one.slice(0, 40)}`)
  }
  ok(!holdsJwt(told), '(7) a token is told or logged')
  ok(!STACK.test(told), `(7) a stack is told or logged: ${STACK.exec(told)?.[0]}`)
}

interface Login {
  readonly attack: Attack
  readonly jar: ReadonlyMap<string, string>
  readonly before: Evidence
  readonly after: Evidence
}

/** Used up: no row, no cookie, and the same request again finds nothing. Kept: all of that is there. */
async function loginIsOver(evil: EvilProvider, login: Login): Promise<void> {
  const { attack, jar, before, after } = login
  const { browser, act, pending = 'used' } = attack
  if (pending === 'kept') {
    deepEqual(after.pending, before.pending, '(6) a pending sign-in is gone')
    const kept = cookiesOf(browser.cookies, LOGIN_COOKIE)
    return deepEqual(kept, cookiesOf(jar, LOGIN_COOKIE), '(6) a login cookie is gone')
  }
  equal(after.pending.length, before.pending.length - 1, '(6) the pending sign-in is still there')
  equal(cookiesOf(browser.cookies, LOGIN_COOKIE).length, 0, '(6) the login cookie is still there')
  const calls = evil.calls('token').length
  for (const [name, value] of jar) browser.cookies.set(name, value)
  const again = await act(browser)
  ok(again.status >= 400 && again.status < 500, '(6) it could be tried again')
  equal(evil.calls('token').length, calls, '(6) trying again asked the provider')
}

/** Past every cool-down of keys and metadata. */
const CALM_MS = 31_000

async function normalSignInWorks(prove: Prove, evil: EvilProvider, browser: Person): Promise<void> {
  evil.reset()
  prove.clock.advance(CALM_MS)
  await evil.signIn(browser)
  const { body } = await browser.get('/auth/web/me')
  equal(body['authenticated'], true, '(8) a normal sign-in does not work afterwards')
}
