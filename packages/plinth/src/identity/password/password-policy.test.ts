import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { dictionary } from '@zxcvbn-ts/language-common'
import { bloomBytes, bloomFilter } from './bloom-filter.ts'
import type { PasswordFault } from './password-policy.ts'
import { passwordFault } from './password-policy.ts'

const rule = {
  minLength: 8,
  contextWords: ['Warehouse One', 'Ana Marković', 'ana.markovic@acme.test', 'acme'],
}
const faultOf = (password: string) => passwordFault(password, rule)

test('v5.0.0-V6.2.4 v5.0.0-V6.2.12 each of the commonest 3,000 passwords of fitting length is refused, in any case', () => {
  const fitting = dictionary['passwords-common'].filter(({ length }) => length >= 8).slice(0, 3_000)
  assert.equal(fitting.length, 3_000)
  assert.deepEqual(
    fitting.filter((password) => faultOf(password) !== 'too_common'),
    [],
  )
  assert.equal(faultOf(fitting[0]?.toUpperCase() ?? ''), 'too_common')
})

test('v5.0.0-V6.2.12 the filter that ships is the one of the dictionary', async () => {
  const script = new URL('../../../../../scripts/common-passwords.ts', import.meta.url)
  await promisify(execFile)(process.execPath, [script.pathname, '--check'])
})

const refused: readonly (readonly [password: string, fault: PasswordFault])[] = [
  ['seven77', 'too_short'],
  ['😀😀😀😀😀😀😀', 'too_short'],
  ['a'.repeat(4_097), 'too_long'],
  [`${'😀'.repeat(1_024)}x`, 'too_long'],
  ['Sunshine2024!', 'too_common'],
  ['passWORD', 'too_common'],
  ['zzzzzzzzzzz', 'too_simple'],
  ['xyzxyzxyzxyz', 'too_simple'],
  ['mlkjihgfed', 'too_simple'],
  ['warehouse-one', 'too_personal'],
  ['W4r3house1!', 'too_personal'],
  ['ana.markovic@acme.test', 'too_personal'],
  ['Markovic2026', 'too_personal'],
  ['Acme-Warehouse', 'too_personal'],
]

test('MF-40 v5.0.0-V6.2.1 v5.0.0-V6.2.11 what is refused, and why', () => {
  for (const [password, fault] of refused) assert.equal(faultOf(password), fault, password)
})

const accepted = [
  'tr4ins-go',
  'qxkv'.padEnd(40, 'abcdefghijkmnop'),
  'a'.repeat(40),
  ' '.repeat(24),
  '😀🎈🐙🌋🧩🪁🦔🍉',
  'пароль из слов',
  'acme has no part in this',
  'x'.repeat(64),
  `${'word and '.repeat(14)}x`,
  'a'.repeat(4_096),
]

test('v5.0.0-V6.2.5 v5.0.0-V6.2.9 no rule of composition: long, spaces, only letters, only emoji are taken', () => {
  for (const password of accepted) assert.equal(faultOf(password), undefined, password)
})

test('v5.0.0-V6.2.12 a filter knows all that went in, and hardly anything else', () => {
  const filter = bloomFilter(bloomBytes(dictionary['passwords-common'].slice(0, 5_000), 12_500))
  assert.ok(dictionary['passwords-common'].slice(0, 5_000).every((word) => filter.has(word)))
  const strangers = Array.from({ length: 20_000 }, (_, at) => `nobody chose ${at}`)
  assert.ok(strangers.filter((text) => filter.has(text)).length < 20)
})
