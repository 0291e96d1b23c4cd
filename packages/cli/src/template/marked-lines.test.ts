import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepMarked } from './marked-lines.ts'

const TEXT = `a
<!-- plinth:with github -->
b
<!-- plinth:end -->
  # plinth:without home
  c
  # plinth:end
d, // plinth:with home
e`

test('marked lines stay or go with their part, and the marks always go', () => {
  assert.equal(keepMarked(TEXT, []), 'a\nb\nd,\ne')
  assert.equal(keepMarked(TEXT, ['home']), 'a\nb\n  c\ne')
  assert.equal(keepMarked(TEXT, ['github', 'home']), 'a\n  c\ne')
})

test('a block that does not end, or ends twice, is a fault of the template', () => {
  for (const text of [
    '# plinth:with home\na',
    'a\n# plinth:end',
    '# plinth:with home\n# plinth:with github',
  ])
    assert.throws(() => keepMarked(text, []), /mark/)
})
