import assert from 'node:assert/strict'
import { test } from 'node:test'
import { remarksOn } from './remarks.ts'

test('what a dump left out, and whom it found, is said in one sentence each; else nothing is said', () => {
  const nothing = { ids: [], unseen: [] }
  assert.deepEqual(remarksOn({ elsewhere: [], unlisted: nothing }), [])
  const [elsewhere, ids, unseen] = remarksOn({
    elsewhere: ['other.things'],
    unlisted: { ids: ['a', 'b', 'c', 'd', 'e'], unseen: ['app.boxes'] },
  })
  assert.match(elsewhere ?? '', /^Rows of other\.things are not in it: .*use pg_dump for them\.$/)
  assert.equal(
    ids,
    'Rows of 5 tenants that plinth.tenants does not name are in it too: a, b, c and 2 more.',
  )
  assert.match(unseen ?? '', /^Whether app\.boxes has rows of tenants .* pg_dump by a superuser/)
})
