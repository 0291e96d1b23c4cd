import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { SignInAttack } from '../../testing/evil-provider/index.ts'
import { newSigningKey } from '../../testing/evil-provider/index.ts'
import type { Answer, Person } from '../../testing/person.ts'
import type { RelyingParty } from './relying-party.fixture.ts'
import { meOf, openRelyingParty, withField } from './relying-party.fixture.ts'

let party: RelyingParty
before(async () => {
  party = await openRelyingParty()
})
beforeEach(() => party.calm())
after(() => party[Symbol.asyncDispose]())

const FAPI = 'fapi2-security-profile-final-client-test'
const STRANGER = 'A'.repeat(43)
const set =
  (name: string, value: string | undefined) =>
  (path: string): string =>
    withField(path, name, value)

type Row = readonly [title: string, attack: Omit<SignInAttack, 'reason'>]

const UNKNOWN_STATE: readonly Row[] = [
  [
    `RP-15 v5.0.0-V10.2.1 ${FAPI}-ensure-authorization-response-with-invalid-missing-state-fails`,
    { bend: set('state', undefined) },
  ],
  [
    `RP-16 v5.0.0-V10.2.1 ${FAPI}-ensure-authorization-response-with-invalid-state-fails`,
    { bend: set('state', STRANGER) },
  ],
  ['RP-21 state twice', { bend: (path) => `${path}&state=${STRANGER}` }],
  ['RP-21 the right state twice', { bend: (path) => `${path}&${/state=[\w-]+/.exec(path)?.[0]}` }],
  ['RP-21 state as a list', { bend: (path) => path.replace('state=', 'state[]=') }],
  [
    'RP-24 an error with a wrong state',
    { callback: { error: 'access_denied', code: undefined, state: STRANGER } },
  ],
  ['RP-30 nothing but a JARM response', { bend: () => '/auth/web/callback?response=eyJh.e30.' }],
  ['RP-34 a login cookie that somebody changed', { meanwhile: ({ cookies }) => tamper(cookies) }],
  ['RP-35 a state of 7 kB', { bend: set('state', 'x'.repeat(7_000)) }],
  ['RP-35 a state with quotes', { bend: set('state', `${STRANGER}'"--`) }],
]
for (const [title, attack] of UNKNOWN_STATE) {
  test(`${title} → 400, no token call, and the waiting sign-in is not cancelled (D20)`, async () => {
    const browser = party.world.visitor()
    const refused = party.oracle.refusedSignIn(party.evil, {
      ...{ ...attack, browser, reason: 'login_unknown', status: 400 },
      ...{ pending: 'kept', tokenCalls: 0 },
    })
    assert.equal((await refused).answer.body['detail'], 'Invalid or expired auth session')
  })
}

function tamper(cookies: Map<string, string>): void {
  for (const name of cookies.keys()) cookies.set(name, STRANGER)
}

const MALFORMED: readonly (readonly [title: string, attack: Row[1], status?: number])[] = [
  ['RP-31 a code of 10 kB', { callback: { code: 'c'.repeat(10_000) } }, 414],
  ['RP-31 a code with NUL', { callback: { code: 'a\0b' } }],
  ['RP-35 NUL', { bend: set('state', '\0') }],
  ['RP-35 %ZZ', { bend: (path) => `${path}&error=%ZZ` }],
  ['RP-35 a lone surrogate', { bend: (path) => `${path}%ED%A0%80` }],
  ['RP-35 1,000 fields', { bend: (path) => path + '&a=1'.repeat(1_000) }],
]
for (const [title, attack, status = 400] of MALFORMED) {
  test(`${title} in the callback → ${status} before anything of it is looked at`, async () => {
    await party.oracle.refusedSignIn(party.evil, {
      ...{ ...attack, reason: null, status, pending: 'kept', tokenCalls: 0 },
    })
  })
}

const KNOWN_STATE: readonly (readonly [string, string, string, Omit<SignInAttack, 'reason'>])[] = [
  ['RP-21 code twice', 'code_missing', 'malformed', { bend: (path) => `${path}&code=x` }],
  [
    'RP-21 code as a list',
    'code_missing',
    'missing',
    { bend: (path) => path.replace('code=', 'code[]=') },
  ],
  ['RP-22 neither code nor error', 'code_missing', 'missing', { callback: { code: undefined } }],
  [
    'RP-23 error=access_denied with markup in its description',
    'provider_error',
    'access_denied',
    {
      callback: {
        code: undefined,
        error: 'access_denied',
        error_description: `<svg onload=alert(1)>${'x'.repeat(6_000)}`,
      },
    },
  ],
  [
    'RP-23 an error that is markup itself',
    'provider_error',
    'other',
    { callback: { error: '<svg onload=alert(1)>' } },
  ],
  [
    `RP-25 ${FAPI}-remove-authorization-response-iss`,
    'issuer_mismatch',
    'missing',
    { callback: { iss: undefined } },
  ],
  [
    `RP-26 v5.0.0-V10.2.2 ${FAPI}-invalid-authorization-response-iss`,
    'issuer_mismatch',
    'different',
    { callback: { iss: 'https://other.example' } },
  ],
  ...(
    [
      ['with a trailing slash', (path) => path.replace(/iss=[^&]+/, '$&%2F')],
      ['in upper case', (path) => path.replace(/iss=http/, 'iss=HTTP')],
      ['twice', (path) => `${path}&iss=https%3A%2F%2Fother.example`],
      ['twice the same', (path) => `${path}&${/iss=[^&]+/.exec(path)?.[0]}`],
      ['empty', set('iss', '')],
    ] as const satisfies readonly (readonly [string, (path: string) => string])[]
  ).map(
    ([title, bend]) =>
      [`RP-26 v5.0.0-V10.2.2 iss ${title}`, 'issuer_mismatch', 'different', { bend }] as const,
  ),
  [
    'RP-26 v5.0.0-V10.2.2 an error in the name of another issuer',
    'issuer_mismatch',
    'different',
    { callback: { iss: 'https://other.example', error: 'access_denied' } },
  ],
  [
    'RP-28 an id_token and an access_token instead of a code',
    'code_missing',
    'missing',
    { callback: { code: undefined, id_token: 'eyJhbGciOiJub25lIn0.e30.', access_token: 'x' } },
  ],
  [
    'RP-30 a JARM response beside a good state',
    'code_missing',
    'missing',
    { callback: { code: undefined, response: 'eyJhbGciOiJub25lIn0.e30.' } },
  ],
  ['RP-31 a code of 7 kB', 'code_missing', 'malformed', { callback: { code: 'c'.repeat(7_000) } }],
  ['RP-31 a code with CR LF', 'code_missing', 'malformed', { callback: { code: 'a\r\nb: c' } }],
]
for (const [title, reason, fault, attack] of KNOWN_STATE) {
  test(`${title} → ${reason}, no token call`, async () => {
    const { answer, audit } = await party.oracle.refusedSignIn(party.evil, {
      ...{ ...attack, reason, tokenCalls: 0 },
    })
    assert.deepEqual(JSON.parse(audit.data), { provider: 'evil', fault })
    assert.doesNotMatch(`${JSON.stringify(answer.body)}${answer.headers.get('location')}`, /svg/)
  })
}

test('RP-26 v5.0.0-V10.2.2 iss of another configured provider (mix-up): neither of the two is asked', async () => {
  const { evil, other, oracle } = party
  const reason = 'issuer_mismatch'
  await oracle.refusedSignIn(evil, { reason, callback: { iss: other.issuer }, tokenCalls: 0 })
  assert.deepEqual(other.heard, [])
})

test('RP-31 a code cannot add parameters to the token request', async () => {
  const code = 'x&client_secret=y&grant_type=password'
  const { tokenCalls } = await party.oracle.refusedSignIn(party.evil, {
    reason: 'id_token_invalid',
    callback: { code },
  })
  const form = new URLSearchParams(tokenCalls[0])
  assert.deepEqual(
    ['code', 'grant_type', 'client_secret'].map((name) => form.getAll(name)),
    [[code], ['authorization_code'], []],
  )
})

test('RP-32 a code stolen from somebody else, in a sign-in of the thief, fails at verifier and nonce', async () => {
  const { evil, oracle, world } = party
  const asked = await evil.start(world.visitor())
  const stolen = new URL(evil.callback(asked), evil.issuer).searchParams.get('code') ?? ''
  const nonce = new URL(asked).searchParams.get('nonce')
  const { tokenCalls, audit } = await oracle.refusedSignIn(evil, {
    reason: 'id_token_invalid',
    callback: { code: stolen },
    // A provider that forgot to check the verifier (RFC 7636 4.6) answers with the victim's nonce.
    says: { claims: { nonce } },
  })
  assert.equal(JSON.parse(audit.data).fault, 'nonce')
  const verifier = new URLSearchParams(tokenCalls[0]).get('code_verifier') ?? ''
  assert.match(verifier, /^[\w-]{43}$/)
})

test('RP-17 v5.0.0-V10.2.1 the callback of another browser is refused, without a sign-in of its own and with one', async () => {
  const { evil, oracle, world } = party
  for (const [reason, detail] of [
    ['login_cookie_missing', 'Missing auth session'],
    ['login_unknown', 'Invalid or expired auth session'],
  ] as const) {
    const victim = world.visitor()
    const back = evil.callback(await evil.start(world.visitor()))
    if (reason === 'login_unknown') await evil.start(victim)
    const { answer } = await oracle.refused(evil, {
      ...{ browser: victim, act: (browser) => browser.get(back), reason, status: 400 },
      ...{ pending: 'kept', tokenCalls: 0 },
    })
    assert.equal(answer.body['detail'], detail)
  }
})

test('RP-18 a callback that was used is refused when it is replayed, also by its own browser', async () => {
  const { evil, oracle, world } = party
  const browser = world.visitor()
  const back = evil.callback(await evil.start(browser))
  const jar = new Map(browser.cookies)
  assert.equal((await browser.get(back)).status, 302)
  for (const [name, value] of jar) browser.cookies.set(name, value)
  await oracle.refused(evil, {
    ...{ browser, act: (from) => from.get(back), reason: 'login_unknown', status: 400 },
    ...{ pending: 'kept', tokenCalls: 0 },
  })
})

test('4.2 a person whose sign-in was refused gets a page that says what to do, and nothing of why', async () => {
  const { evil, world } = party
  const accept = { accept: 'text/html,application/xhtml+xml' }
  const [nobody, eve] = [world.visitor(), world.visitor()]
  const back = evil.callback(await evil.start(eve))
  const late = async () => {
    world.clock.advance(600_000)
    return eve.get(back, accept)
  }
  for (const { status, body } of [await nobody.get(back, accept), await late()]) {
    const page = String(body)
    assert.equal(status, 400)
    assert.match(page, /This sign-in cannot be finished/)
    assert.match(page, /href="\/auth\/sign-in\?return_to=%2F">Sign in</)
    for (const word of ['state=', 'code=', 'auth session', 'login_', evil.issuer]) {
      assert.ok(!page.includes(word), word)
    }
  }
})

test('RP-19 the same callback 20 times at once: one token call, one session, 19 refusals', async () => {
  const { evil, sql, world } = party
  const sessions = 'select id from plinth.sessions'
  // The first round opens the connections to the database on which the copies of the others meet.
  for (let round = 0; round < 5; round += 1) {
    const eve = world.visitor()
    const back = evil.callback(await evil.start(eve))
    const cookie = [...eve.cookies].map((pair) => pair.join('=')).join('; ')
    const before = (await sql(sessions)).length
    const calls = evil.calls('token').length
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.visitor().get(back, { cookie })),
    )
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [
      302,
      ...Array.from({ length: 19 }, () => 400),
    ])
    assert.equal(evil.calls('token').length, calls + 1)
    assert.equal((await sql(sessions)).length, before + 1)
  }
})

test('RP-20 v5.0.0-V10.2.1 a sign-in may take ten minutes: five seconds less are accepted, ten minutes are not', async () => {
  const { evil, oracle, world } = party
  const eve = world.visitor()
  const back = evil.callback(await evil.start(eve))
  world.clock.advance(595_000)
  await eve.get(back)
  assert.equal((await meOf(eve)).authenticated, true)
  const { answer } = await oracle.refusedSignIn(evil, {
    ...{ reason: 'login_expired', status: 400, tokenCalls: 0 },
    meanwhile: () => world.clock.advance(600_000),
  })
  assert.equal(answer.body['detail'], 'Invalid or expired auth session')
})

test('4.2 a callback in another kind of browser is refused and cannot be tried again', async () => {
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'
  await party.oracle.refusedSignIn(party.evil, {
    ...{ reason: 'other_browser', status: 400, tokenCalls: 0 },
    headers: { 'user-agent': agent },
  })
})

test('RP-28 tokens in the query beside a good code are never used', async () => {
  const { evil, world } = party
  const eve = world.visitor()
  const id_token = evil.mint.id({ sub: 'from-the-query' })
  await evil.signIn(eve, { callback: { id_token, access_token: 'from-the-query' } })
  assert.equal((await meOf(eve)).user?.email, 'eve@example.com')
  const planted = await party.sql(
    "select 1 from plinth.identities where subject = 'from-the-query'",
  )
  assert.deepEqual(planted, [])
})

test('RP-29 a posted callback (form_post) is refused with 405 and takes no sign-in: the real one still opens a session', async () => {
  const { evil, oracle, world } = party
  const eve = world.visitor()
  const back = evil.callback(await evil.start(eve))
  const posted = async ({ cookies }: Person): Promise<Answer> => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    const { searchParams: body } = new URL(back, world.url)
    const answer = await fetch(`${world.url}/auth/web/callback`, {
      ...{ method: 'POST', headers: { cookie }, body, redirect: 'manual' },
    })
    const { status, headers } = answer
    assert.deepEqual(headers.getSetCookie(), [])
    return { status, headers, body: (await answer.json()) as Answer['body'] }
  }
  await oracle.refused(evil, {
    ...{ browser: eve, act: posted, reason: null, status: 405 },
    ...{ pending: 'kept', tokenCalls: 0 },
  })
  const former = eve.cookies.get('user_session_id')
  await eve.get(back)
  assert.notEqual(eve.cookies.get('user_session_id'), former)
  assert.equal((await meOf(eve)).authenticated, true)
})

test('RP-33 who signs in as somebody else leaves the old session, and the two stay two people', async () => {
  const { evil, sql, world } = party
  const eve = world.visitor()
  await evil.signIn(eve)
  const [first, formerCookie] = [await meOf(eve), eve.cookies.get('user_session_id') ?? '']
  evil.always({ claims: { sub: 'subject-33', email: 'other@example.com' } })
  await evil.signIn(eve)
  const second = await meOf(eve)
  assert.notEqual(second.user?.id, first.user?.id)
  assert.notEqual(eve.cookies.get('user_session_id'), formerCookie)
  const former = world.visitor()
  former.cookies.set('user_session_id', formerCookie)
  // Somebody else's session, which the process may have in memory until it hears of the end.
  while ((await meOf(former)).authenticated) await setTimeout(20)
  const people = await sql(
    "select person_id from plinth.identities where subject in ('subject-1', 'subject-33')",
  )
  assert.equal(new Set(people.map(({ person_id: id }) => id)).size, 2)
})

test('RP-34 where a sign-in leads is kept on the server: no later return_to changes it', async () => {
  const { evil, world } = party
  const callback = { return_to: 'https://evil.test' }
  const answer = await evil.signIn(world.visitor(), { login: 'return_to=/kept', callback })
  assert.equal(answer.headers.get('location'), '/kept')
})

test('RP-14 oidcc-client-test with keys of another kind: the second provider signs people in too', async () => {
  party.other.rotateKeys(newSigningKey('ES384'))
  const eve = party.world.visitor()
  await party.other.signIn(eve)
  assert.equal((await meOf(eve)).authenticated, true)
})
