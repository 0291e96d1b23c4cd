import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { appSettings } from '../../config/index.ts'
import { jwtSettings, verifyAccessToken } from '../index.ts'
import {
  clock,
  ecJwk,
  KEYCLOAK,
  kid,
  plain,
  rsaJwk,
  verdict,
  verify,
} from './access-token.fixture.ts'
import type { Json, Signer } from './forge.fixture.ts'
import {
  CLIENT_SECRET,
  client,
  ecSigner,
  forge,
  forgedNetwork,
  forgedProviders,
  keys,
  publicJwk,
  publish,
  rsaSigner,
} from './forge.fixture.ts'

const pem = String(keys.rsa.publicKey.export({ format: 'pem', type: 'spki' }))
const hs256 =
  (secret: string): Signer =>
  (input) =>
    createHmac('sha256', secret).update(input).digest()
const nothing: Signer = () => Buffer.alloc(1)
const HS256 = { alg: 'HS256', kid }
const attacker = rsaSigner(keys.otherRsa)
const attackerJwk = publicJwk(keys.otherRsa, { kid: 'x' })

const HEADERS: readonly (readonly [string, unknown, Signer, string])[] = [
  ['JW-01 v5.0.0-V9.1.2 alg none', { alg: 'none' }, nothing, 'alg'],
  ['JW-01 v5.0.0-V9.1.2 alg none, no signature', { alg: 'none' }, () => Buffer.alloc(0), 'format'],
  ['JW-02 v5.0.0-V9.1.2 alg nOnE', { alg: 'nOnE', kid }, nothing, 'alg'],
  ['JW-02 alg None', { alg: 'None' }, nothing, 'alg'],
  ['JW-02 alg with a space', { alg: ' none' }, nothing, 'alg'],
  ['JW-02 alg with NUL', { alg: 'none\0' }, nothing, 'format'],
  ['JW-03 alg missing', { kid }, rsaSigner(), 'alg'],
  ['JW-03 alg null', { alg: null, kid }, rsaSigner(), 'alg'],
  ['JW-03 alg a number', { alg: 256, kid }, rsaSigner(), 'alg'],
  ['JW-03 alg a list', { alg: ['RS256'], kid }, rsaSigner(), 'alg'],
  ['JW-03 alg of 5 kB', { alg: 'R'.repeat(5_000), kid }, rsaSigner(), 'alg'],
  ['JW-04 v5.0.0-V9.1.2 HS256 with the public key', HS256, hs256(pem), 'alg'],
  ['JW-04 HS256 with the public key, CRLF', HS256, hs256(pem.replaceAll('\n', '\r\n')), 'alg'],
  ['JW-04 HS256 with the public key, no last newline', HS256, hs256(pem.trimEnd()), 'alg'],
  ['JW-05 HS256 with the modulus', HS256, hs256(String(rsaJwk['n'])), 'alg'],
  ['JW-05 HS256 with an empty secret', HS256, hs256(''), 'alg'],
  ['JW-05 HS256 with "undefined"', HS256, hs256('undefined'), 'alg'],
  ['JW-05 HS256 with the client secret', HS256, hs256(CLIENT_SECRET), 'alg'],
  ['JW-06 v5.0.0-V9.1.2 PS256', { alg: 'PS256', kid }, rsaSigner(), 'alg'],
  ['JW-07 RS512 by a key for RS256', { alg: 'RS512', kid }, rsaSigner(keys.rsa, 'sha512'), 'key'],
  ['JW-08 RS256 that names an EC key', { alg: 'RS256', kid: 'e1' }, rsaSigner(), 'key'],
  ['JW-08 ES256 that names an RSA key', { alg: 'ES256', kid }, ecSigner(), 'key'],
  ['ES256', { alg: 'ES256', kid: 'e1' }, ecSigner(), 'accepted'],
  ['JW-09 ECDSA with r = s = 0', { alg: 'ES256', kid: 'e1' }, () => Buffer.alloc(64), 'signature'],
  [
    'JW-09 ECDSA too short',
    { alg: 'ES256', kid: 'e1' },
    (input) => ecSigner()(input).subarray(1),
    'signature',
  ],
  ['JW-09 ECDSA as DER', { alg: 'ES256', kid: 'e1' }, ecSigner(keys.ec, 'der'), 'signature'],
  ['JW-10 EdDSA', { alg: 'EdDSA', kid: 'ed' }, () => Buffer.alloc(64), 'alg'],
  ['JW-10 Ed448', { alg: 'Ed448', kid: 'ed' }, () => Buffer.alloc(114), 'alg'],
  [
    'JW-13 a password-based encryption',
    { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 1e9 },
    nothing,
    'alg',
  ],
  [
    'JW-15 v5.0.0-V9.1.3 a key in the header',
    { alg: 'RS256', kid: 'x', jwk: attackerJwk },
    attacker,
    'key',
  ],
  [
    'JW-15 a key in the header beside a known kid',
    { alg: 'RS256', kid, jwk: attackerJwk },
    attacker,
    'signature',
  ],
  [
    'JW-17 v5.0.0-V9.1.3 a certificate chain in the header',
    { alg: 'RS256', kid, x5c: ['MIIB'] },
    attacker,
    'signature',
  ],
  ...[
    '../../dev/null',
    "' OR 1=1--",
    '$(id)',
    '__proto__',
    'constructor',
    1,
    ['r1'],
    '',
    'k'.repeat(300),
  ].map(
    (odd) =>
      [
        `JW-18 kid ${String(odd).slice(0, 20)}`,
        { alg: 'RS256', kid: odd },
        rsaSigner(),
        'key',
      ] as const,
  ),
  ['JW-18 kid with NUL', { alg: 'RS256', kid: 'a\0' }, rsaSigner(), 'format'],
  ['JW-18 kid of 10 kB', { alg: 'RS256', kid: 'k'.repeat(10_000) }, rsaSigner(), 'format'],
  ['JW-22 crit unknown', { alg: 'RS256', kid, crit: ['x'], x: 1 }, rsaSigner(), 'crit'],
  ['JW-22 crit empty', { alg: 'RS256', kid, crit: [] }, rsaSigner(), 'crit'],
  ['JW-22 crit b64', { alg: 'RS256', kid, crit: ['b64'], b64: false }, rsaSigner(), 'crit'],
  ['JW-22 crit names what is not there', { alg: 'RS256', kid, crit: ['exp'] }, rsaSigner(), 'crit'],
  ['RFC 9068 typ at+jwt', { alg: 'RS256', kid, typ: 'at+jwt' }, rsaSigner(), 'accepted'],
  [
    'RFC 9068 typ in full',
    { alg: 'RS256', kid, typ: 'application/AT+JWT' },
    rsaSigner(),
    'accepted',
  ],
  ['v5.0.0-V9.2.2 typ logout+jwt', { alg: 'RS256', kid, typ: 'logout+jwt' }, rsaSigner(), 'typ'],
  ['v5.0.0-V9.2.2 typ dpop+jwt', { alg: 'RS256', kid, typ: 'dpop+jwt' }, rsaSigner(), 'typ'],
]
for (const [title, header, signer, expected] of HEADERS) {
  test(`access token: ${title} → ${expected}`, async () => {
    assert.equal(await verdict(verify(forge(plain, header, signer))), expected)
  })
}

const SPELLINGS: readonly (readonly [string, (text: string) => string])[] = [
  ['JW-13 five parts', (text) => `${text}.AAAA.AAAA`],
  ['JW-14 the JSON form', (text) => jsonForm(text)],
  ['JW-44 another spelling of the last character', (text) => respell(text)],
  ['JW-45 padding', (text) => `${text}==`],
  ['JW-45 a newline', (text) => `${text}\n`],
  ['JW-45 a space', (text) => ` ${text}`],
  ['JW-45 four parts', (text) => `${text}.x`],
  ['JW-45 a star', (text) => text.replace('.', '*.')],
  ['JW-45 the other alphabet', (text) => text.replaceAll('-', '+').replaceAll('_', '/')],
  ['JW-42 100 kB', (text) => `${text}${'A'.repeat(100_000)}`],
  ['JW-45 nothing', () => ''],
]
for (const [title, spell] of SPELLINGS) {
  test(`access token: ${title} → format`, async () => {
    assert.equal(await verdict(verify(spell(forge(plain, { alg: 'RS256', kid })))), 'format')
  })
}

function jsonForm(text: string): string {
  const [header, payload, signature] = text.split('.')
  return JSON.stringify({ payload, signatures: [{ protected: header, signature }] })
}

/** Sets a spare bit of the last character: another text for the same bytes. */
function respell(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.at(-1) ?? '') + 1)
}

const noKid = { alg: 'RS256' }
const P384 = publicJwk(keys.ec384, { kid: 'e1' })
const KEY_SETS: readonly (readonly [string, readonly unknown[], Json, Signer, string])[] = [
  ['JW-19 no kid, one key', [rsaJwk], noKid, rsaSigner(), 'accepted'],
  ['JW-20 no kid, ours is the second', [attackerJwk, rsaJwk], noKid, rsaSigner(), 'accepted'],
  ['JW-20 no kid, neither signed', [rsaJwk, rsaJwk], noKid, attacker, 'signature'],
  [
    'JW-21 the same kid twice',
    [publicJwk(keys.otherRsa, { kid }), rsaJwk],
    { ...noKid, kid },
    rsaSigner(),
    'accepted',
  ],
  [
    'JW-08 v5.0.0-V11.6.1 ES256 by a key of P-384',
    [P384],
    { alg: 'ES256', kid: 'e1' },
    ecSigner(keys.ec384),
    'key',
  ],
  [
    'JW-10 a key of Ed25519',
    [{ kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), kid: 'ed' }, rsaJwk],
    { alg: 'EdDSA', kid: 'ed' },
    () => Buffer.alloc(64),
    'alg',
  ],
  [
    'JW-11 v5.0.0-V11.2.3 v5.0.0-V11.6.1 RSA-1024',
    [publicJwk(keys.smallRsa, { kid }), ecJwk],
    { ...noKid, kid },
    rsaSigner(keys.smallRsa),
    'key',
  ],
  [
    'JW-11 v5.0.0-V11.6.1 exponent 1',
    [{ ...rsaJwk, e: 'AQ' }, ecJwk],
    { ...noKid, kid },
    rsaSigner(),
    'key',
  ],
  ['JW-11 exponent 3', [{ ...rsaJwk, e: 'Aw' }, ecJwk], { ...noKid, kid }, rsaSigner(), 'key'],
]
for (const [title, jwks, header, signer, expected] of KEY_SETS) {
  test(`access token: ${title} → ${expected}`, async () => {
    const own = forgedNetwork()
    publish(own, KEYCLOAK, jwks)
    const settings = { providers: { keycloak: client(KEYCLOAK) } }
    const deps = {
      clock,
      settings: jwtSettings.parse({}),
      providers: forgedProviders(own, clock, settings),
    }
    assert.equal(await verdict(verifyAccessToken(deps, forge(plain, header, signer))), expected)
  })
}

test('JW-61 a refusal costs one verification, whether the key that is named is published or invented', async (t) => {
  const invented = { alg: 'RS256', kid: 'invented' }
  const refusals = [
    ['signature', forge(plain, { alg: 'RS256', kid }, attacker)],
    ['key', forge(plain, invented, attacker)],
    ['key', forge(plain, { alg: 'ES256', kid: 'invented' }, ecSigner())],
  ] as const
  // Keys are fetched, and those that nothing was signed with made, by the first of each.
  for (const [, text] of refusals) await verdict(verify(text))
  const verified = t.mock.method(globalThis.crypto.subtle, 'verify').mock
  for (const [expected, text] of refusals) {
    const before = verified.callCount()
    assert.equal(await verdict(verify(text)), expected)
    assert.equal(verified.callCount() - before, 1, expected)
  }
})

test('JW-12 v5.0.0-V11.2.3 a signing secret below 32 characters prevents the start', () => {
  const { session_signing_secret: session, csrf_signing_secret: csrf } = appSettings.shape
  const strong = randomBytes(32).toString('base64url')
  for (const setting of [session, csrf]) {
    assert.equal(setting.safeParse(strong.slice(0, 31)).success, false)
    assert.equal(setting.safeParse('short').success, false)
    assert.equal(setting.safeParse(strong).success, true)
  }
})
