import assert from 'node:assert/strict'
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import type { Clock } from '../../kernel/index.ts'
import { createProviderKeys } from './provider-keys.ts'
import type { IdTokenChecks, VerifiedIdToken } from './verify-id-token.ts'
import { verifyIdToken } from './verify-id-token.ts'

const NOW = 1_800_000_000
const ISSUER = 'https://idp.example/realms/one'
const CLIENT = 'client-1'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const ecJwk = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'e1' }

type Json = Record<string, unknown>
const publicJwk = (pair: typeof rsa, more: Json = {}) => ({
  ...pair.publicKey.export({ format: 'jwk' }),
  ...more,
})
const rsaJwk = publicJwk(rsa, { kid: 'r1', use: 'sig', alg: 'RS256' })

const good: Json = {
  iss: ISSUER,
  sub: 'user-1',
  aud: CLIENT,
  exp: NOW + 300,
  iat: NOW - 1,
  nonce: 'the-nonce',
}
const b64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

type Signer = (input: string) => Buffer
const rs256: Signer = (input) => sign('sha256', Buffer.from(input), rsa.privateKey)
const es256: Signer = (input) =>
  sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })

/** Signs header and claims; texts are taken as they are, so that no JSON is too odd. */
function token(
  claims: unknown = good,
  header: unknown = { alg: 'RS256', kid: 'r1' },
  signer = rs256,
) {
  const input = `${b64(header)}.${b64(claims)}`
  return `${input}.${signer(input).toString('base64url')}`
}

let now = 0
const clock: Clock = { now: () => NOW * 1000, monotonic: () => now }

function checks(
  keys: readonly unknown[] = [rsaJwk],
  more: Partial<IdTokenChecks> = {},
): IdTokenChecks {
  return {
    isIssuer: (issuer) => issuer === ISSUER,
    clientId: CLIENT,
    nonce: 'the-nonce',
    accessToken: 'access',
    code: 'code',
    nowSeconds: NOW,
    algorithms: ['RS256', 'ES256'],
    findKeys: createProviderKeys({ clock, fetchKeys: async () => keys, ttlSeconds: 3600 }).find,
    ...more,
  }
}

const verdict = (result: VerifiedIdToken) => (result.ok ? 'accepted' : result.fault)
const half = (text: string) =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
const without = (name: string) =>
  Object.fromEntries(Object.entries(good).filter(([key]) => key !== name))

const CLAIMS: readonly (readonly [string, unknown, string])[] = [
  ['RP-14 oidcc-client-test: the good token', good, 'accepted'],
  ['RP-47 oidcc-client-test-invalid-iss', { ...good, iss: 'https://evil.example' }, 'iss'],
  ['RP-48 iss with a trailing slash', { ...good, iss: `${ISSUER}/` }, 'iss'],
  ['RP-48 iss in upper case', { ...good, iss: 'https://IDP.example/realms/one' }, 'iss'],
  ['RP-48 iss with its port', { ...good, iss: 'https://idp.example:443/realms/one' }, 'iss'],
  ['JW-26 iss as a list', { ...good, iss: [ISSUER] }, 'iss'],
  ['JW-26 iss missing', without('iss'), 'iss'],
  ['RP-49 oidcc-client-test-missing-sub', without('sub'), 'sub'],
  ['RP-50 sub empty', { ...good, sub: '' }, 'sub'],
  ['RP-50 sub blank', { ...good, sub: ' ' }, 'sub'],
  ['RP-50 sub null', { ...good, sub: null }, 'sub'],
  ['RP-50 sub a number', { ...good, sub: 1 }, 'sub'],
  ['RP-50 sub an object', { ...good, sub: {} }, 'sub'],
  ['RP-50 sub with NUL', { ...good, sub: 'a\0b' }, 'format'],
  ['RP-50 sub of 255 characters', { ...good, sub: 'a'.repeat(255) }, 'accepted'],
  ['RP-50 sub of 256 characters', { ...good, sub: 'a'.repeat(256) }, 'sub'],
  ['RP-51 v5.0.0-V10.5.4 oidcc-client-test-invalid-aud', { ...good, aud: 'other' }, 'aud'],
  ['RP-51 v5.0.0-V10.5.4 oidcc-client-test-missing-aud', without('aud'), 'aud'],
  ['RP-51 v5.0.0-V10.5.4 aud an empty list', { ...good, aud: [] }, 'aud'],
  ['RP-51 v5.0.0-V10.5.4 aud a number', { ...good, aud: 1 }, 'aud'],
  ['JW-29 aud contains ours as a part', { ...good, aud: `${CLIENT}-2` }, 'aud'],
  ['RP-52 aud a list of us alone', { ...good, aud: [CLIENT] }, 'accepted'],
  [
    'RP-53 v5.0.0-V10.5.4 aud with somebody else',
    { ...good, aud: [CLIENT, 'other'], azp: CLIENT },
    'aud',
  ],
  ['RP-54 v5.0.0-V10.5.4 azp of another client', { ...good, azp: 'other' }, 'azp'],
  ['RP-54 azp ours', { ...good, azp: CLIENT }, 'accepted'],
  ['RP-55 exp missing', without('exp'), 'exp'],
  ['RP-55 exp past', { ...good, iat: NOW - 300, exp: NOW - 60 }, 'exp'],
  ['RP-55 exp inside the leeway', { ...good, exp: NOW - 29 }, 'accepted'],
  ['RP-55 exp just outside the leeway', { ...good, exp: NOW - 30 }, 'exp'],
  ['RP-55 exp a string', { ...good, exp: String(NOW + 300) }, 'exp'],
  ['JW-34 exp 1e308', { ...good, exp: 1e308 }, 'exp'],
  ['JW-34 exp negative', { ...good, exp: -1 }, 'exp'],
  ['JW-34 a life of more than a day', { ...good, exp: NOW + 86_401 }, 'exp'],
  ['RP-56 oidcc-client-test-missing-iat', without('iat'), 'iat'],
  ['RP-57 iat one week old', { ...good, iat: NOW - 604_800 }, 'iat'],
  ['RP-57 iat in the future', { ...good, iat: NOW + 31 }, 'iat'],
  ['RP-57 iat inside the leeway', { ...good, iat: NOW + 30 }, 'accepted'],
  ['JW-35 nbf in the future', { ...good, nbf: NOW + 31 }, 'nbf'],
  ['JW-35 nbf a string', { ...good, nbf: '1' }, 'nbf'],
  ['RP-58 v5.0.0-V10.5.1 nonce missing', without('nonce'), 'nonce'],
  ['RP-58 v5.0.0-V10.5.1 oidcc-client-test-nonce-invalid', { ...good, nonce: 'another' }, 'nonce'],
  ['RP-58 v5.0.0-V10.5.1 nonce as a list', { ...good, nonce: ['the-nonce'] }, 'nonce'],
  ['RP-58 v5.0.0-V10.5.1 nonce in other case', { ...good, nonce: 'THE-NONCE' }, 'nonce'],
  ['RP-67 at_hash right', { ...good, at_hash: half('access') }, 'accepted'],
  ['RP-67 oidcc-client-test-invalid-athash', { ...good, at_hash: half('other') }, 'at_hash'],
  ['RP-68 c_hash right', { ...good, c_hash: half('code') }, 'accepted'],
  ['RP-68 oidcc-client-test-invalid-chash', { ...good, c_hash: half('other') }, 'c_hash'],
  ['auth_time a string', { ...good, auth_time: 'now' }, 'auth_time'],
  ['JW-40 sub twice', `${JSON.stringify(good).slice(0, -1)},"sub":"admin"}`, 'format'],
  [
    'HI-14 JW-41 an own __proto__',
    `${JSON.stringify(good).slice(0, -1)},"__proto__":{"a":1}}`,
    'format',
  ],
  ['JW-42 depth 10,000', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'format'],
  [
    'RP-71 a token of 200 kB',
    { ...good, groups: Array.from({ length: 5_000 }, (_, at) => `group-${at}-${'x'.repeat(30)}`) },
    'format',
  ],
  ['claims that are a list', [good], 'format'],
  ['claims that are not JSON', 'nonsense', 'format'],
]
for (const [title, claims, expected] of CLAIMS) {
  test(`${title} → ${expected}`, async () => {
    assert.equal(verdict(await verifyIdToken(token(claims), checks())), expected)
  })
}

const pem = rsa.publicKey.export({ format: 'pem', type: 'spki' })
const hs256 =
  (secret: string): Signer =>
  (input) =>
    createHmac('sha256', secret).update(input).digest()
const kid = 'r1'

const HEADERS: readonly (readonly [string, unknown, Signer, string])[] = [
  ['RP-61 oidcc-client-test-idtoken-sig-none', { alg: 'none' }, () => Buffer.alloc(1), 'alg'],
  ['JW-02 alg nOnE', { alg: 'nOnE' }, () => Buffer.alloc(1), 'alg'],
  ['JW-03 alg missing', { kid }, rs256, 'alg'],
  ['JW-03 alg a list', { alg: ['RS256'], kid }, rs256, 'alg'],
  ['RP-66 HS256 with the public key', { alg: 'HS256', kid }, hs256(String(pem)), 'alg'],
  ['RP-66 HS256 with an empty secret', { alg: 'HS256' }, hs256(''), 'alg'],
  ['RP-65 an algorithm that was not agreed', { alg: 'RS512', kid }, rs256, 'alg'],
  [
    'RP-62 oidcc-client-test-invalid-sig-rs256',
    { alg: 'RS256', kid },
    () => Buffer.alloc(256, 7),
    'signature',
  ],
  [
    'RP-62 signed by another key',
    { alg: 'RS256', kid },
    (input) => sign('sha256', Buffer.from(input), otherRsa.privateKey),
    'signature',
  ],
  [
    'RP-62 oidcc-client-test-invalid-sig-es256',
    { alg: 'ES256', kid: 'e1' },
    () => Buffer.alloc(64),
    'signature',
  ],
  ['ES256 is accepted', { alg: 'ES256', kid: 'e1' }, es256, 'accepted'],
  ['JW-08 ES256 that names an RSA key', { alg: 'ES256', kid }, es256, 'key'],
  [
    'JW-15 jwk in the header',
    { alg: 'RS256', kid: 'x', jwk: publicJwk(otherRsa) },
    (input) => sign('sha256', Buffer.from(input), otherRsa.privateKey),
    'key',
  ],
  ['JW-18 kid unknown', { alg: 'RS256', kid: '../../dev/null' }, rs256, 'key'],
  ['JW-18 kid __proto__', { alg: 'RS256', kid: '__proto__' }, rs256, 'key'],
  ['JW-18 kid a number', { alg: 'RS256', kid: 1 }, rs256, 'key'],
  ['JW-18 kid of 10 kB', { alg: 'RS256', kid: 'k'.repeat(10_000) }, rs256, 'key'],
  ['JW-22 crit', { alg: 'RS256', kid, crit: ['b64'], b64: false }, rs256, 'crit'],
  ['RP-69 typ at+jwt', { alg: 'RS256', kid, typ: 'at+jwt' }, rs256, 'typ'],
  ['RP-69 typ logout+jwt', { alg: 'RS256', kid, typ: 'logout+jwt' }, rs256, 'typ'],
  ['typ JWT', { alg: 'RS256', kid, typ: 'JWT' }, rs256, 'accepted'],
]
for (const [title, header, signer, expected] of HEADERS) {
  test(`${title} → ${expected}`, async () => {
    const keys = [rsaJwk, ecJwk]
    assert.equal(verdict(await verifyIdToken(token(good, header, signer), checks(keys))), expected)
  })
}

const header = { alg: 'RS256' }
const KEY_SETS: readonly (readonly [string, readonly unknown[], string])[] = [
  ['RP-59 oidcc-client-test-kid-absent-single-jwks', [rsaJwk], 'accepted'],
  ['RP-60 oidcc-client-test-kid-absent-multiple-jwks', [publicJwk(otherRsa), rsaJwk], 'accepted'],
  [
    'RP-60 ours is the sixth',
    [...Array.from({ length: 5 }, () => publicJwk(otherRsa)), rsaJwk],
    'signature',
  ],
  ['JW-21 the same kid twice', [publicJwk(otherRsa, { kid: 'r1' }), rsaJwk], 'accepted'],
  ['JW-54 junk beside a good key', [null, 1, 'x', [], {}, { kty: 'x' }, rsaJwk], 'accepted'],
  ['RP-92 a private key', [{ ...rsa.privateKey.export({ format: 'jwk' }) }], 'key'],
  ['RP-92 a symmetric key', [{ kty: 'oct', k: b64(pem) }], 'key'],
  ['RP-92 use enc', [{ ...rsaJwk, use: 'enc' }], 'key'],
  ['JW-07 a key of another alg', [{ ...rsaJwk, alg: 'PS256' }], 'key'],
  ['JW-11 RSA-1024', [publicJwk(smallRsa)], 'key'],
  ['JW-11 exponent 3', [{ ...rsaJwk, e: 'Aw' }], 'key'],
]
for (const [title, keys, expected] of KEY_SETS) {
  test(`${title} → ${expected}`, async () => {
    const work = verifyIdToken(token(good, header), checks([...keys, ecJwk]))
    assert.equal(verdict(await work), expected)
  })
}

const SPELLINGS: readonly (readonly [string, (text: string) => string])[] = [
  ['a newline at the end', (text) => `${text}\n`],
  ['padding', (text) => `${text}==`],
  ['four parts', (text) => `${text}.x`],
  ['two parts', (text) => text.slice(0, text.lastIndexOf('.'))],
  ['another spelling of the last character', (text) => respell(text)],
  ['a star', (text) => text.replace('.', '*.')],
  ['nothing', () => ''],
  ['JSON', () => JSON.stringify({ payload: '', signatures: [] })],
]
for (const [title, spell] of SPELLINGS) {
  test(`JW-44 JW-45 one spelling only: ${title} → format`, async () => {
    assert.equal(verdict(await verifyIdToken(spell(token()), checks())), 'format')
  })
}

/** Sets a spare bit of the last character: another text for the same bytes. */
function respell(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.at(-1) ?? '') + 1)
}

test('RP-89 oidcc-client-test-signing-key-rotation-just-before-signing: one refetch finds the new key', async () => {
  let keys: readonly unknown[] = [publicJwk(otherRsa, { kid: 'old' })]
  let fetches = 0
  const provider = createProviderKeys({
    clock,
    fetchKeys: async () => {
      fetches += 1
      return keys
    },
    ttlSeconds: 3600,
  })
  await provider.warm()
  keys = [rsaJwk]
  now += 30_000
  assert.equal(
    verdict(await verifyIdToken(token(), checks([], { findKeys: provider.find }))),
    'accepted',
  )
  assert.equal(fetches, 2)
})

test('RP-93 JW-50 JW-51 500 unknown key ids cost one fetch in 30 s, warm or cold', async () => {
  for (const answer of [async () => [rsaJwk], async () => Promise.reject(new Error('down'))]) {
    let fetches = 0
    const provider = createProviderKeys({
      clock,
      fetchKeys: () => {
        fetches += 1
        return answer()
      },
      ttlSeconds: 3600,
    })
    const wanted = Array.from({ length: 500 }, (_, at) => ({
      kid: `k${at}`,
      algorithm: 'RS256' as const,
    }))
    await Promise.allSettled(wanted.map(provider.find))
    await Promise.allSettled(wanted.map(provider.find))
    assert.equal(fetches, 1)
  }
})

test('JW-52 JW-54 RP-91 a provider that is down keeps its keys for an hour more, not longer', async () => {
  let answer: () => Promise<readonly unknown[]> = async () => [rsaJwk]
  const provider = createProviderKeys({ clock, fetchKeys: () => answer(), ttlSeconds: 60 })
  const find = () => provider.find({ kid: 'r1', algorithm: 'RS256' })
  assert.equal((await find()).length, 1)
  for (const bad of [async () => [], async () => Promise.reject(new Error('down'))]) {
    answer = bad
    now += 61_000
    assert.equal((await find()).length, 1)
  }
  now += 3_600_000
  await assert.rejects(find(), /down/)
})
