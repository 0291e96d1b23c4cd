import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDotenv } from './dotenv.ts'

const values = (text: string) =>
  Object.fromEntries(parseDotenv(text, '.env').variables.map(({ name, value }) => [name, value]))

const table: readonly [line: string, value: string][] = [
  ['A=1', '1'],
  ['A = 1 ', '1'],
  ['export A=1', '1'],
  ['  A=1', '1'],
  ['A=', ''],
  ['A=a#b', 'a#b'],
  ['A=#b', '#b'],
  ['A=a # note', 'a'],
  ['A= # note', ''],
  ["A='a # b'", 'a # b'],
  ["A='a\\nb' # note", 'a\\nb'],
  ['A="a\\nb"', 'a\nb'],
  ['A="say \\"hi\\" \\$5 \\\\"', 'say "hi" $5 \\'],
  ['A="two\nlines"', 'two\nlines'],
  ["A='two\nlines'", 'two\nlines'],
  ['A=${B}', '${B}'],
  ['A=x=y==', 'x=y=='],
  ['\uFEFFA=1\r', '1'],
]

for (const [line, value] of table) {
  test(`.env ${JSON.stringify(line)} is ${JSON.stringify(value)}`, () => {
    const parsed = parseDotenv(`${line}\nZ=9\n`, '.env')
    assert.deepEqual(parsed.faults, [])
    assert.deepEqual(values(`${line}\nZ=9\n`), { A: value, Z: '9' })
  })
}

const refused: readonly [text: string, place: string, says: string][] = [
  ['A=1\nnonsense\n', '.env:2', 'is not NAME=value'],
  ['\n# c\nA="open\nB=1\n', '.env:3', 'opens a quote that never closes'],
  ['A="x" y\n', '.env:1', 'has text after its closing quote'],
  ['A=1\nB="x\ny"\nA=2\n', '.env:4', 'A was already set at .env:1'],
  ['1A=1\n', '.env:1', 'is not NAME=value'],
]

for (const [text, place, says] of refused) {
  test(`.env refuses ${JSON.stringify(text)}`, () => {
    const [fault] = parseDotenv(text, '.env').faults
    assert.deepEqual([fault?.place, fault?.says], [place, says])
  })
}

test('B24 any value in double quotes arrives unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const plain = value.replaceAll('\r\n', '\n')
      const quoted = plain.replace(/["\\$]/g, (letter) => `\\${letter}`)
      assert.deepEqual(values(`A="${quoted}"`), { A: plain })
    }),
  )
})

test('parsing .env always ends and keeps line numbers', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('A', '=', '"', "'", '#', '\n', ' ', '\\') }),
      (text) => {
        const { variables, faults } = parseDotenv(text, '.env')
        const lines = text.split('\n').length
        for (const { place } of [...variables, ...faults]) {
          assert.ok(Number(place.split(':')[1]) <= lines)
        }
      },
    ),
  )
})
