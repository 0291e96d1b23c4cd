import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import { Secret, seal, unseal } from '../../kernel/index.ts'
import { clearCookie, cookieName, cookiePairs, setCookie, tokenCookie } from './cookie.ts'
import { browserKind, createFingerprints } from './fingerprint.ts'
import type { SessionState, SessionTimes } from './session.ts'
import { sessionState } from './session.ts'

const token = 'A'.repeat(43)
const HEADERS: readonly (readonly [string | undefined, string | undefined])[] = [
  [undefined, undefined],
  ['', undefined],
  [`s=${token}`, token],
  [`a=1; s=${token}; b=2`, token],
  [`s=${token}; s=${token}`, undefined],
  [`s=${token}, s=${token}`, undefined],
  [`s=${token.slice(1)}`, undefined],
  [`s="${token}"`, undefined],
  [`S=${token}`, undefined],
  [`xs=${token}`, undefined],
  [`s =${token}`, token],
  [`s=${token}%20`, undefined],
]
for (const [header, expected] of HEADERS) {
  test(`SB-04 SB-06 cookie header ${JSON.stringify(header)?.replaceAll(token, 'T')}`, () => {
    assert.equal(tokenCookie(header, 's'), expected)
  })
}

test('SB-03 D19 a cookie is removed with the attributes it was set with', () => {
  const rule = { secure: true, sameSite: 'none' } as const
  const name = cookieName(rule, 's')
  const flags = 'Path=/; HttpOnly; SameSite=None; Secure'
  assert.equal(
    setCookie(rule, { name, value: 'v', maxAgeSeconds: 5 }),
    `__Host-s=v; Max-Age=5; ${flags}`,
  )
  assert.equal(clearCookie(rule, name), `__Host-s=; Max-Age=0; ${flags}`)
  assert.deepEqual(cookiePairs('a=b=c; d'), [['a', 'b=c']])
})

test('SB-14 what is sealed for one session or purpose opens nowhere else', () => {
  const [key, other] = [1, 2].map((byte) => createSecretKey(Buffer.alloc(32, byte)))
  assert.ok(key && other)
  const sealed = seal(key, 'session 1 idToken', 'secret')
  assert.equal(unseal(key, 'session 1 idToken', sealed), 'secret')
  assert.equal(unseal(other, 'session 1 idToken', sealed), undefined)
  assert.equal(unseal(key, 'session 2 idToken', sealed), undefined)
  assert.equal(unseal(key, 'session 1 refreshToken', sealed), undefined)
  for (let at = 0; at < sealed.length; at += 1) {
    const bent = Buffer.from(sealed)
    bent.writeUInt8(bent.readUInt8(at) ^ 1, at)
    assert.equal(unseal(key, 'session 1 idToken', bent), undefined)
  }
  for (const length of [0, 1, 27]) {
    assert.equal(unseal(key, 'session 1 idToken', sealed.subarray(0, length)), undefined)
  }
  assert.notDeepEqual(seal(key, 'a', 'x'), seal(key, 'a', 'x'))
})

const NOON = Date.parse('2026-01-01T12:00:00.000Z')
const at = (seconds: number) => new Date(NOON + seconds * 1_000).toISOString()
const REVOKED = { revoked_at: at(-5) }
const DISABLED = { person_status: 'disabled' }
const MOMENTS: readonly (readonly [string, Partial<SessionTimes>, SessionState])[] = [
  ['a second before the idle limit', { expires_at: at(1) }, 'live'],
  ['at the idle limit', { expires_at: at(0) }, 'ended'],
  ['a second after the idle limit', { expires_at: at(-1) }, 'ended'],
  ['a second before the absolute limit', { absolute_expires_at: at(1) }, 'live'],
  ['at the absolute limit, however busy', { absolute_expires_at: at(0) }, 'ended'],
  ['in the grace of a rotated id', { rotated_at: at(-9) }, 'in_grace'],
  ['at the end of the grace', { rotated_at: at(-10) }, 'replayed'],
  ['as long before a rotation, by a clock set back', { rotated_at: at(10) }, 'replayed'],
  ['in the grace of a session that is over', { rotated_at: at(-9), expires_at: at(0) }, 'ended'],
  ['revoked', REVOKED, 'ended'],
  ['revoked, in the grace', { ...REVOKED, rotated_at: at(-9) }, 'ended'],
  ['of somebody who is disabled', DISABLED, 'ended'],
]
for (const [title, times, wanted] of MOMENTS) {
  test(`SB-24 SB-26 SB-31 a session ${title} is ${wanted}`, () => {
    const day = { expires_at: at(3_600), absolute_expires_at: at(86_400), person_status: 'active' }
    const row = { ...day, revoked_at: null, rotated_at: null, ...times }
    assert.equal(sessionState(row, NOON), wanted)
  })
}

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const AGENTS: readonly (readonly [string | undefined, string, string])[] = [
  [chrome, 'Chrome', 'Windows'],
  [`${chrome} Edg/156.0.0.0`, 'Edge', 'Windows'],
  [`${chrome} OPR/120.0`, 'Opera', 'Windows'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605 Version/18.0 Safari/605',
    'Safari',
    'macOS',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/156 Mobile Safari/605',
    'Chrome',
    'iOS',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 'Firefox', 'Linux'],
  ['python-requests/2.32', 'python-requests', 'an unknown system'],
  ['<script>', 'an unknown program', 'an unknown system'],
  [undefined, 'an unknown program', 'an unknown system'],
]
for (const [agent, family, system] of AGENTS) {
  test(`D7 SB-37 ${agent?.slice(-40)} is ${family} on ${system}`, () => {
    assert.deepEqual(browserKind(agent), { family, system })
  })
}

test('SB-40 fingerprints are keyed: another service’s secret gives other ones', () => {
  const [one, two] = ['a', 'b'].map((text) => createFingerprints(new Secret(text.repeat(40))))
  assert.deepEqual(one?.ofBrowser(chrome), one?.ofBrowser(chrome.replace('156', '157')))
  assert.notDeepEqual(one?.ofBrowser(chrome), two?.ofBrowser(chrome))
  assert.notDeepEqual(one?.ofDevice('p1', chrome), one?.ofDevice('p2', chrome))
})

test('HI-17 a hostile User-Agent of 100 kB takes no time: its first half kilobyte is looked at', () => {
  assert.deepEqual(browserKind(`${'x'.repeat(512)} Firefox/1 Linux`), browserKind('x'.repeat(512)))
  const started = performance.now()
  for (const piece of ['Mozilla/', 'a', '(((', 'Chrome Chrome ', '.-.-'])
    browserKind(piece.repeat(50_000))
  assert.ok(performance.now() - started < 1_000)
})
