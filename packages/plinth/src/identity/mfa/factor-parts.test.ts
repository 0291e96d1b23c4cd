import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { TOTP, Secret as TotpSecret } from 'otpauth'
import { Secret } from '../../kernel/index.ts'
import { mfaSettings } from './mfa.settings.ts'
import { createOffers } from './offers.ts'
import { countryOf, maskedAddress } from './phone-country.ts'
import { secretKeys } from './secret-keys.ts'
import { newTotpSecret, totpStep, totpUri } from './totp.ts'
import { newDigits, newRecoveryCode, readCode } from './typed-code.ts'

// RFC 6238, appendix B: the secret of its vectors, and the last six of their eight digits.
const RFC_SECRET = new TotpSecret({
  buffer: new TextEncoder().encode('12345678901234567890').buffer,
}).base32
const VECTORS = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
] as const

test('MF-05 v5.0.0-V6.5.5 codes are those of RFC 6238, of one step each way', () => {
  for (const [seconds, code] of VECTORS) {
    const step = Math.floor(seconds / 30)
    for (const off of [-1, 0, 1]) {
      assert.equal(totpStep(RFC_SECRET, code, (seconds + off * 30) * 1_000), step)
    }
    for (const off of [-2, 2]) {
      assert.equal(totpStep(RFC_SECRET, code, (seconds + off * 30) * 1_000), undefined)
    }
  }
})

test('v5.0.0-V6.5.3 a secret has 160 random bits, and its address names service and account', () => {
  const secrets = Array.from({ length: 1_000 }, newTotpSecret)
  assert.equal(new Set(secrets).size, 1_000)
  for (const secret of secrets) assert.match(secret, /^[A-Z2-7]{32}$/)
  const [secret = ''] = secrets
  const uri = totpUri({ secret, issuer: 'The Shop', account: 'ana:x@acme.test' })
  const parsed = new URL(uri)
  assert.equal(parsed.searchParams.get('secret'), secret)
  assert.equal(parsed.searchParams.get('issuer'), 'The Shop')
  assert.equal(decodeURIComponent(parsed.pathname), '/The Shop:ana x@acme.test')
  assert.equal(new TOTP({ secret: TotpSecret.fromBase32(secret) }).generate().length, 6)
})

test('v5.0.0-V6.5.4 v5.0.0-V6.5.3 all six-digit codes are equally likely', () => {
  const counts = new Map<string, number>()
  const rounds = 100_000
  for (let round = 0; round < rounds; round += 1) {
    const code = newDigits()
    if (!/^[0-9]{6}$/.test(code)) assert.fail(code)
    for (let place = 0; place < 6; place += 1) {
      const key = `${place}${code[place]}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  const expected = rounds / 10
  const chi = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
  // 6 places with 9 degrees of freedom each: above 120 by chance once in a million runs.
  assert.equal(counts.size, 60)
  assert.ok(chi < 120, String(chi))
})

test('MF-24 v5.0.0-V6.5.2 a recovery code has 120 bits, so that a plain hash keeps it', () => {
  const codes = Array.from({ length: 2_000 }, newRecoveryCode)
  assert.equal(new Set(codes).size, 2_000)
  assert.equal(new Set(codes.join('').replaceAll('-', '')).size, 32)
  for (const code of codes) assert.equal(readCode(code)?.kind, 'recovery')
  assert.ok(Math.log2(32) * 24 >= 112)
})

test('MF-03 MF-26 a code has one form of digits and one of recovery, and nothing else is either', () => {
  assert.deepEqual(readCode('012345'), { kind: 'digits', code: '012345' })
  const [code = ''] = [newRecoveryCode()]
  assert.deepEqual(readCode(code.toUpperCase()), readCode(code.replaceAll('-', '')))
  for (const text of [
    '',
    '12345',
    '1234567',
    ' 12345',
    ' 123456',
    '123456\n',
    '123 456',
    '12345 ',
    '１２３４５６',
    '٠١٢٣٤٥',
    '+12345',
    '-12345',
    '1e0000',
    '123\u00a0456',
    `${code}x`,
    code.replace('-', ' '),
    code.slice(1),
  ]) {
    assert.equal(readCode(text), undefined, JSON.stringify(text))
  }
})

test('MF-18 a secret opens for its person, its row and its key, and a former key opens until it is used', () => {
  const [first, second] = [new Secret('a'.repeat(40)), new Secret('b'.repeat(40))]
  const place = { person: 'ana', method: 'one' }
  const old = secretKeys(first, undefined)
  const kept = old.seal(place, 'JBSWY3DPEHPK3PXP')
  assert.equal(old.open(place, kept), 'JBSWY3DPEHPK3PXP')
  assert.equal(old.open({ ...place, person: 'ben' }, kept), undefined)
  assert.equal(old.open({ ...place, method: 'two' }, kept), undefined)
  assert.equal(secretKeys(second, undefined).open(place, kept), undefined)
  const both = secretKeys(second, first)
  assert.equal(both.open(place, kept), 'JBSWY3DPEHPK3PXP')
  assert.deepEqual(
    [both.isFormer(kept.keyId), both.isFormer(both.seal(place, 'x').keyId)],
    [true, false],
  )
  const spoiled = Buffer.from(kept.sealed)
  spoiled[30] = (spoiled[30] ?? 0) ^ 1
  assert.equal(old.open(place, { ...kept, sealed: spoiled }), undefined)
})

test('an address is shown in part, and a number has the longest country that fits', () => {
  assert.equal(maskedAddress('ana.berg@acme.test'), 'a•••@acme.test')
  assert.equal(maskedAddress('+4915112345678'), '+49••••••78')
  assert.equal(countryOf('+4420123', ['+44', '+4420', '+1']), '+4420')
  assert.equal(countryOf('+33123', ['+44']), undefined)
})

test('v5.0.0-V6.3.6 codes by mail are the weak factor: the guide says so, and a service can be without', async () => {
  const sms = { countries: [], most_per_day: 1, most_per_country_per_day: 1 }
  const kinds = (email_codes: boolean) => {
    const { offers } = createOffers({
      settings: { email_codes, sms },
      sendsSms: true,
      passkeys: true,
    })
    return (['totp', 'email', 'sms'] as const).filter(offers)
  }
  assert.deepEqual(kinds(true), ['totp', 'email'])
  assert.deepEqual(kinds(false), ['totp'])
  const guide = new URL('../../../../../docs/guides/mfa.md', import.meta.url)
  assert.match(
    await readFile(guide, 'utf8'),
    /`mfa\.email_codes: false` turns mail off, as\nASVS 6\.3\.6/,
  )
})

test('the settings of mfa: what is left out, and what is refused', () => {
  assert.deepEqual(mfaSettings.parse({}), {
    required: false,
    required_roles: [],
    email_codes: true,
    code_seconds: 600,
    codes_per_hour: 6,
    codes_per_day: 20,
    challenge_seconds: 300,
    remember_days: 30,
    sms: { countries: [], most_per_day: 1_000, most_per_country_per_day: 500 },
  })
  for (const bad of [
    // NIST SP 800-63B 5.1.3.2: ten minutes at the most.
    { code_seconds: 601 },
    { challenge_seconds: 901 },
    { remember_days: 91 },
    { issuer: 'a:b' },
    { sms: { countries: ['49'] } },
    { encryption_key: 'short' },
    { former_encryption_key: 'change-me-to-a-long-random-string!' },
  ]) {
    assert.equal(mfaSettings.safeParse(bad).success, false, JSON.stringify(bad))
  }
})
