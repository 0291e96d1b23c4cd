import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { substitute } from './substitute.ts'
import type { Lookup } from './variable.ts'

const lookupIn =
  (values: Readonly<Record<string, string>>): Lookup =>
  (name) =>
    Object.hasOwn(values, name)
      ? { name, value: values[name] ?? '', origin: 'environment', place: 'environment' }
      : undefined

const table: readonly [text: string, env: Record<string, string>, expected: unknown][] = [
  ['plain # text: "a"', {}, 'plain # text: "a"'],
  ['${A}', { A: '1' }, '1'],
  ['x${A}y${B}z', { A: '1', B: '2' }, 'x1y2z'],
  ['${A:-d}', {}, 'd'],
  ['${A:-d}', { A: '' }, 'd'],
  ['${A-d}', { A: '' }, ''],
  ['${A:-}', {}, ''],
  ['${A:-${B:-x}}', {}, 'x'],
  ['${A:-${B:-x}}', { B: 'b' }, 'b'],
  ['${A:-${B:?no b}}', { A: 'a' }, 'a'],
  ['${A:-http://h:1/p#f?q=1}', {}, 'http://h:1/p#f?q=1'],
  ['$${A}', { A: '1' }, '${A}'],
  ['$$${A}', { A: '1' }, '$${A}'],
  ['5$ and $A', { A: '1' }, '5$ and $A'],
  ['${A:-$${B}}', {}, '${B}'],
  ['${A}', {}, { code: 'unset', name: 'A', whole: true }],
  ['x${A}', {}, { code: 'unset', name: 'A', whole: false }],
  ['${A:?give A}', {}, { code: 'demanded', name: 'A', message: 'give A' }],
  ['${A:?give A}', { A: '' }, { code: 'demanded', name: 'A', message: 'give A' }],
  ['${A?give A}', { A: '' }, ''],
]

for (const [text, env, expected] of table) {
  test(`substitute ${text} with ${JSON.stringify(env)}`, () => {
    const result = substitute(text, lookupIn(env))
    assert.deepEqual(result.code === 'text' ? result.text : result, expected)
  })
}

for (const text of ['${', '${A', '${A:-x', '${}', '${1A}', '${A!x}', '${A:+x}', '${A:-${B}']) {
  test(`substitute refuses ${text}`, () => {
    assert.equal(substitute(text, lookupIn({ A: '1' })).code, 'malformed')
  })
}

test('substitute refuses endless nesting instead of overflowing the stack', () => {
  assert.equal(substitute('${A:-'.repeat(100_000), lookupIn({})).code, 'malformed')
})

test('B24 any value arrives unchanged, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const lookup = lookupIn({ A: value })
      const result = substitute('<${A}>', lookup)
      assert.equal(result.code === 'text' && result.text, `<${value}>`)
    }),
  )
})

test('any text survives when each ${ is escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', ':', '-') }), (text) => {
      const escaped = text.replaceAll('${', () => '$${')
      const result = substitute(escaped, lookupIn({}))
      assert.equal(result.code === 'text' && result.text, text)
    }),
  )
})
