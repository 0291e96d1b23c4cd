import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emailName, signInName } from './sign-in-name.ts'

/** Forms of one name, and the key that each is looked up by. */
const SAME: readonly (readonly [form: string, key: string])[] = [
  ['admin', 'admin'],
  ['ADMIN', 'admin'],
  [' admin', 'admin'],
  ['admin\t', 'admin'],
  ['ａｄｍｉｎ', 'admin'],
  ['ⓐⓓⓜⓘⓝ', 'admin'],
  ['𝐚𝐝𝐦𝐢𝐧', 'admin'],
  ['\u212aelvin', 'kelvin'],
  ['ﬁona', 'fiona'],
  ['jose\u0301', 'josé'],
  ['josé', 'josé'],
  ['ångström', 'ångström'],
  ['\u212bngström', 'ångström'],
  ['иван', 'иван'],
  ['ＡＮＡ＠Example.com', 'ana@example.com'],
  ['ana@BÜCHER.example', 'ana@xn--bcher-kva.example'],
]

/** What nobody can be called. */
const NOBODY = [
  '',
  '   ',
  'аdmin',
  'αdmin',
  'admın',
  'ad\u00admin',
  'ad\u200bmin',
  'ad\u2060min',
  'ad\u202emin',
  'ad min',
  'ad\nmin',
  'admin\0',
  'a,b',
  '<admin>',
  '\ud800admin',
  'x'.repeat(151),
]

test('MF-38 HI-18 forms of one name have one key; what hides or mixes alphabets is nobody', () => {
  for (const [form, key] of SAME) assert.equal(signInName(form)?.key, key, JSON.stringify(form))
  for (const form of NOBODY) assert.equal(signInName(form), undefined, JSON.stringify(form))
})

const NO_ADDRESS = [
  'ana',
  '@example.com',
  'ana@',
  'a@b@example.com',
  'a＠b＠example.com',
  'ana@localhost',
  'ana@-example.com',
  'ana@exam ple.com',
  'ana@[127.0.0.1]',
  'ana@example.com,bob@example.com',
  '"ana b"@example.com',
  'ana@example.com\r\nBcc: bob@example.com',
  '.ana@example.com',
  'ana..b@example.com',
  'аna@example.com',
  `${'x'.repeat(65)}@example.com`,
  `ana@${'x'.repeat(63)}.${'y'.repeat(63)}.${'z'.repeat(63)}.${'w'.repeat(63)}.com`,
]

test('MF-39 an address is normalised before it is judged', () => {
  assert.deepEqual(emailName(' Ana.B+shop＠Example.COM '), {
    kind: 'email',
    name: 'Ana.B+shop@example.com',
    key: 'ana.b+shop@example.com',
  })
  for (const text of NO_ADDRESS) assert.equal(emailName(text), undefined, JSON.stringify(text))
})
