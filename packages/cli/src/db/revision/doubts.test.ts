import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandOf, doubtText } from './doubts.ts'

const doubts = [{ entity: 'product', gone: 'weight', come: ['mass', 'size'] }]

test('issue 4 §2: what was said already is said again, so that several renames come to an end', () => {
  const text = doubtText(doubts, { message: 'new names', renames: ['product.cost=price'] })
  assert.equal(
    text,
    `product.weight is gone and mass, size are new. Say what happened:
  npx plinth db revision -m "new names" --rename product.cost=price --rename product.weight=mass
  npx plinth db revision -m "new names" --rename product.cost=price --rename product.weight=size
  npx plinth db revision -m "new names" --rename product.cost=price --allow-destructive`,
  )
})

for (const [message, quoted] of [
  ['add weight', '"add weight"'],
  ['größer, wärmer (2)', '"größer, wärmer (2)"'],
  ['say "hello"', `'say "hello"'`],
  ["it's $(id) `id` !", `'it'\\''s $(id) \`id\` !'`],
] as const) {
  test(`issue 4 §2: the printed command can be typed as it stands: ${message}`, () => {
    assert.equal(commandOf({ message }), `npx plinth db revision -m ${quoted}`)
  })
}
