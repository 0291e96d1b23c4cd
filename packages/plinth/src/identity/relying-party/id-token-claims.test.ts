import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { epochSeconds } from '../../kernel/index.ts'
import type { Json } from '../../testing/evil-provider/index.ts'
import { signToken } from '../../testing/evil-provider/index.ts'
import type { RelyingParty } from './relying-party.fixture.ts'
import { meOf, openRelyingParty } from './relying-party.fixture.ts'

let party: RelyingParty
before(async () => {
  party = await openRelyingParty()
})
beforeEach(() => party.calm())
after(() => party[Symbol.asyncDispose]())

const FAPI = 'fapi2-security-profile-final-client-test'
const CLIENT = 'evil-client'
const DAY = 86_400
const now = (): number => epochSeconds(party.world.clock)
const issuer = (): string => party.evil.issuer

type Row = readonly [title: string, fault: string, claims: (asked: URLSearchParams) => Json]

const WHO: readonly Row[] = [
  ['RP-47 oidcc-client-test-invalid-iss', 'iss', () => ({ iss: 'https://evil.example' })],
  ['RP-47 JW-28 the issuer of nobody', 'iss', () => ({ iss: '' })],
  ['RP-48 iss with a trailing slash', 'iss', () => ({ iss: `${issuer()}/` })],
  ['RP-48 iss in upper case', 'iss', () => ({ iss: issuer().toUpperCase() })],
  [
    'RP-48 iss with another spelling of its port',
    'iss',
    () => ({ iss: issuer().replace(/:(\d+)$/, ':0$1') }),
  ],
  ['RP-48 iss with a trailing dot', 'iss', () => ({ iss: issuer().replace('0.1:', '0.1.:') })],
  ['RP-48 iss with a user name', 'iss', () => ({ iss: issuer().replace('//', '//a@') })],
  [
    'RP-48 iss by its other name',
    'iss',
    () => ({ iss: issuer().replace('127.0.0.1', 'localhost') }),
  ],
  ['JW-26 iss as a list', 'iss', () => ({ iss: [issuer()] })],
  ['JW-26 iss missing', 'iss', () => ({ iss: undefined })],
  ['JW-27 iss of the other provider', 'iss', () => ({ iss: party.other.issuer })],
  ['RP-49 oidcc-client-test-missing-sub', 'sub', () => ({ sub: undefined })],
  ['RP-50 JW-37 sub empty', 'sub', () => ({ sub: '' })],
  ['RP-50 sub blank', 'sub', () => ({ sub: ' ' })],
  ['RP-50 sub null', 'sub', () => ({ sub: null })],
  ['RP-50 JW-37 sub a number', 'sub', () => ({ sub: 1 })],
  ['RP-50 JW-37 sub an object', 'sub', () => ({ sub: {} })],
  ['JW-37 sub a list', 'sub', () => ({ sub: ['subject-1'] })],
  ['RP-50 sub of 256 characters', 'sub', () => ({ sub: 'a'.repeat(256) })],
  ['RP-50 sub with NUL', 'format', () => ({ sub: 'a\0b' })],
  ['RP-51 v5.0.0-V10.5.4 oidcc-client-test-invalid-aud', 'aud', () => ({ aud: 'other' })],
  ['RP-51 v5.0.0-V10.5.4 oidcc-client-test-missing-aud', 'aud', () => ({ aud: undefined })],
  ['RP-51 v5.0.0-V10.5.4 aud an empty list', 'aud', () => ({ aud: [] })],
  ['RP-51 v5.0.0-V10.5.4 aud a number', 'aud', () => ({ aud: 1 })],
  ['JW-29 aud that begins like ours', 'aud', () => ({ aud: `${CLIENT}-2` })],
  [
    `RP-53 v5.0.0-V10.5.4 ${FAPI}-invalid-secondary-aud`,
    'aud',
    () => ({ aud: [CLIENT, 'other'], azp: CLIENT }),
  ],
  ['RP-54 v5.0.0-V10.5.4 azp of another client', 'azp', () => ({ azp: 'other' })],
  ['RP-54 v5.0.0-V10.5.4 azp a list with us', 'azp', () => ({ azp: [CLIENT] })],
]

const WHEN: readonly Row[] = [
  [`RP-55 JW-32 v5.0.0-V9.2.1 ${FAPI}-invalid-missing-exp`, 'exp', () => ({ exp: undefined })],
  [
    `RP-55 JW-33 v5.0.0-V9.2.1 ${FAPI}-invalid-expired-exp`,
    'exp',
    () => ({ iat: now() - 300, exp: now() - 60 }),
  ],
  [
    'RP-55 JW-33 v5.0.0-V9.2.1 exp just outside the leeway',
    'exp',
    () => ({ iat: now() - 90, exp: now() - 31 }),
  ],
  ['RP-55 JW-34 v5.0.0-V9.2.1 exp a text', 'exp', () => ({ exp: String(now() + 300) })],
  ['JW-34 exp 1e308', 'exp', () => ({ exp: 1e308 })],
  ['JW-34 exp 2^53', 'format', () => ({ exp: 2 ** 53 })],
  ['JW-34 exp negative', 'exp', () => ({ exp: -1 })],
  ['JW-34 exp null', 'exp', () => ({ exp: null })],
  ['JW-34 a life of more than a day', 'exp', () => living(DAY + 1)],
  ['RP-56 oidcc-client-test-missing-iat', 'iat', () => ({ iat: undefined })],
  [
    'RP-57 fapi1-advanced-final-client-test-iat-is-week-in-past',
    'iat',
    () => ({ iat: now() - 7 * DAY }),
  ],
  ['JW-36 iat ten years old', 'iat', () => ({ iat: now() - 3_650 * DAY })],
  ['RP-57 JW-36 iat in the future', 'iat', () => ({ iat: now() + 60 })],
  ['RP-57 iat a text', 'iat', () => ({ iat: String(now()) })],
  ['JW-35 v5.0.0-V9.2.1 nbf in the future', 'nbf', () => ({ nbf: now() + 60 })],
  ['JW-35 v5.0.0-V9.2.1 nbf a text', 'nbf', () => ({ nbf: '1' })],
  ['auth_time a text', 'auth_time', () => ({ auth_time: 'now' })],
  ['auth_time in the future', 'auth_time', () => ({ auth_time: now() + 60 })],
]

const BOUND: readonly Row[] = [
  ['RP-58 v5.0.0-V10.5.1 nonce missing', 'nonce', () => ({ nonce: undefined })],
  ['RP-58 v5.0.0-V10.5.1 oidcc-client-test-nonce-invalid', 'nonce', () => ({ nonce: 'another' })],
  ['RP-58 v5.0.0-V10.5.1 nonce as a list', 'nonce', (asked) => ({ nonce: [asked.get('nonce')] })],
  [
    'RP-58 v5.0.0-V10.5.1 nonce with its case changed',
    'nonce',
    (asked) => ({ nonce: swapCase(asked.get('nonce')) }),
  ],
  [
    'RP-58 v5.0.0-V10.5.1 nonce with more behind it',
    'nonce',
    (asked) => ({ nonce: `${asked.get('nonce')}A` }),
  ],
  ['RP-58 v5.0.0-V10.5.1 the state as nonce', 'nonce', (asked) => ({ nonce: asked.get('state') })],
  ['RP-67 oidcc-client-test-invalid-athash', 'at_hash', () => ({ at_hash: leftHalf('another') })],
  ['RP-67 at_hash a list', 'at_hash', () => ({ at_hash: [leftHalf('opaque-access-token')] })],
  ['RP-68 oidcc-client-test-invalid-chash', 'c_hash', () => ({ c_hash: leftHalf('another') })],
  ['RP-68 s_hash of another state', 's_hash', () => ({ s_hash: leftHalf('another') })],
]

/** From one look at the clock: a second may begin between two. */
function living(seconds: number) {
  const iat = now()
  return { iat, exp: iat + seconds }
}

function swapCase(text: string | null): string {
  const upper = (text ?? '').toUpperCase()
  return upper === text ? upper.toLowerCase() : upper
}

/** The left half of a SHA-256, as at_hash and its kin hold it (OpenID Connect Core 3.1.3.6). */
function leftHalf(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
}

for (const [title, fault, claims] of [...WHO, ...WHEN, ...BOUND]) {
  test(`${title} → ${fault}`, async () => {
    const { audit } = await party.oracle.refusedSignIn(party.evil, {
      reason: 'id_token_invalid',
      says: (asked) => ({ claims: claims(asked) }),
    })
    assert.deepEqual(JSON.parse(audit.data), { provider: 'evil', fault })
  })
}

test('RP-58 v5.0.0-V10.5.1 the nonce of another sign-in of the same browser is refused', async () => {
  const { evil, oracle, world } = party
  const browser = world.visitor()
  const waiting = new URL(await evil.start(browser)).searchParams.get('nonce')
  const jar = new Map(browser.cookies)
  browser.cookies.clear()
  await oracle.refusedSignIn(evil, {
    ...{ browser, reason: 'id_token_invalid', says: { claims: { nonce: waiting } } },
  })
  assert.equal(jar.size, 1)
})

const ACCEPTED: readonly Row[] = [
  ['RP-14 oidcc-client-test: nothing changed', '', () => ({})],
  [`RP-52 ${FAPI}-valid-aud-as-array`, '', () => ({ aud: [CLIENT] })],
  ['RP-54 v5.0.0-V10.5.4 azp ours', '', () => ({ azp: CLIENT })],
  ['RP-50 sub of 255 characters', '', () => ({ sub: 'a'.repeat(255) })],
  [
    'RP-55 JW-33 v5.0.0-V9.2.1 exp inside the leeway',
    '',
    () => ({ iat: now() - 60, exp: now() - 15 }),
  ],
  ['RP-57 iat inside the leeway', '', () => ({ iat: now() + 15 })],
  ['RP-67 at_hash right', '', () => ({ at_hash: leftHalf('opaque-access-token') })],
  ['RP-67 oidcc-client-test-missing-athash', '', () => ({ at_hash: undefined })],
  ['RP-68 s_hash right', '', (asked) => ({ s_hash: leftHalf(asked.get('state') ?? '') })],
]
for (const [title, , claims] of ACCEPTED) {
  test(`${title} → accepted`, async () => {
    const { evil, world } = party
    const eve = world.visitor()
    const started = await evil.start(eve)
    evil.always({ claims: claims(new URL(started).searchParams) })
    await eve.get(evil.callback(started))
    assert.equal((await meOf(eve)).authenticated, true)
  })
}

/** The good ID token with the text of its claims changed, signed as well as before. */
function withText(change: (json: string) => string) {
  return (good: Json): Json => {
    const [header = '', claims = ''] = String(good['id_token']).split('.')
    const text = Buffer.from(claims, 'base64url').toString()
    const { key } = party.evil.say
    const id_token = signToken(Buffer.from(header, 'base64url').toString(), change(text), { key })
    return { ...good, id_token }
  }
}

const TEXTS: readonly (readonly [title: string, change: (json: string) => string])[] = [
  ['JW-40 sub twice', (json) => `${json.slice(0, -1)},"sub":"admin"}`],
  ['JW-40 sub twice, once escaped', (json) => `${json.slice(0, -1)},"\\u0073ub":"admin"}`],
  ['JW-41 an own __proto__', (json) => `${json.slice(0, -1)},"__proto__":{"sub":"admin"}}`],
  [
    'JW-42 depth of 2,000',
    (json) => `${json.slice(0, -1)},"a":${'['.repeat(2_000)}${']'.repeat(2_000)}}`,
  ],
  ['RP-70 a token inside the token', () => party.evil.mint.id()],
  ['claims that are a list', (json) => `[${json}]`],
  ['claims that are no JSON', () => 'nonsense'],
  ['claims behind a byte order mark', (json) => `\ufeff${json}`],
]
for (const [title, change] of TEXTS) {
  test(`${title} → format`, async () => {
    const { audit } = await party.oracle.refusedSignIn(party.evil, {
      ...{ reason: 'id_token_invalid', says: { bend: { token: withText(change) } } },
    })
    assert.equal(JSON.parse(audit.data).fault, 'format')
  })
}

test('RP-71 JW-42 an ID token of 200 kB is refused before it is read', async () => {
  const groups = Array.from({ length: 5_000 }, (_, at) => `group-${at}-${'x'.repeat(30)}`)
  const { audit } = await party.oracle.refusedSignIn(party.evil, {
    ...{ reason: 'token_answer_invalid', says: { claims: { groups } } },
  })
  assert.equal(JSON.parse(audit.data).fault, 'answer_id_token')
})

test('RP-71 v5.0.0-V3.3.5 with 200 groups in its token a person has the same small cookie', async () => {
  const { evil, world } = party
  evil.always({ claims: { groups: Array.from({ length: 200 }, (_, at) => `/organisation/${at}`) } })
  const eve = world.visitor()
  const { headers } = await evil.signIn(eve)
  assert.equal((await meOf(eve)).authenticated, true)
  for (const cookie of headers.getSetCookie()) assert.ok(cookie.length < 200, cookie)
})
