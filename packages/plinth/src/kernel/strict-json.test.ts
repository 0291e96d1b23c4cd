import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseStrictJson } from './index.ts'

const refused = [
  ['HI-11 depth 33', '['.repeat(33) + ']'.repeat(33), 'too_deep'],
  ['HI-11 depth 1,000,000', '['.repeat(1_000_000), 'too_deep'],
  [
    'HI-12 20,000 keys',
    `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":1`).join()}}`,
    'too_many_items',
  ],
  ['HI-13 1e400', '{"a":1e400}', 'number_out_of_range'],
  ['HI-13 a million digits', `{"a":${'9'.repeat(1_000_000)}}`, 'number_out_of_range'],
  ['HI-13 2^53+1 would change its value', '{"a":9007199254740993}', 'number_out_of_range'],
  [
    'HI-13 a fraction that would become whole',
    '{"a":1.00000000000000000001}',
    'number_out_of_range',
  ],
  ['HI-13 a price between two', '{"a":9007199254740991.4}', 'number_out_of_range'],
  ['HI-13 what would become nothing', '{"a":1e-400}', 'number_out_of_range'],
  ['HI-14 __proto__', '{"__proto__":{"admin":true}}', 'forbidden_key'],
  ['HI-14 __proto__ in escapes', '{"\\u005f_proto__":1}', 'forbidden_key'],
  ['HI-14 constructor.prototype', '{"constructor":{"prototype":{}}}', 'forbidden_key'],
  ['HI-16 duplicate keys', '{"a":1,"a":2}', 'duplicate_key'],
  ['HI-16 duplicate keys in escapes', '{"a":1,"\\u0061":2}', 'duplicate_key'],
  ['HI-16 byte order mark', '\ufeff{}', 'byte_order_mark'],
  ['HI-16 lone surrogate', '{"a":"\\ud800"}', 'lone_surrogate'],
  ['HI-19 NUL in a text', '{"a":"x\\u0000y"}', 'nul_character'],
  ['HI-16 NaN', '{"a":NaN}', 'syntax'],
  ['HI-16 comment', '{/* */}', 'syntax'],
  ['HI-16 trailing comma', '{"a":1,}', 'syntax'],
  ['HI-16 raw control character', '{"a":"\u0001"}', 'syntax'],
] as const

for (const [title, text, fault] of refused) {
  test(`${title} is refused as ${fault}`, () => {
    assert.deepEqual(parseStrictJson(text), { ok: false, fault })
  })
}

test('HI-16 UTF-16 and invalid UTF-8 bodies are refused', () => {
  assert.equal(parseStrictJson(Buffer.from('{"a":1}', 'utf16le')).ok, false)
  assert.deepEqual(parseStrictJson(Buffer.from([0x22, 0xc3, 0x28, 0x22])), {
    ok: false,
    fault: 'not_utf8',
  })
})

test('HI-13 whole numbers may be written with a point or an exponent', () => {
  assert.deepEqual(parseStrictJson('[1.0,1e2,1.5e1,0.0,0e9,2.50e1]'), {
    ok: true,
    value: [1, 100, 15, 0, 0, 25],
  })
})

test('HI-13 -0 and HI-16 emoji stay what they are', () => {
  assert.deepEqual(parseStrictJson('[-0,"\\ud83d\\ude00"]'), { ok: true, value: [-0, '😀'] })
})

test('what JSON.stringify writes is read back unchanged', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value)
      const parsed = parseStrictJson(text)
      if (!parsed.ok) return /"(__proto__|constructor|prototype)"|\\u|\d{16}|e\+/.test(text)
      assert.deepEqual(parsed.value, JSON.parse(text))
      return true
    }),
  )
})
