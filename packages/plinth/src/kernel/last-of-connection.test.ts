import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastOfConnection } from './last-of-connection.ts'

test('work on a text is done once while it comes again over one connection', () => {
  const done: string[] = []
  const shout = lastOfConnection((text) => {
    done.push(text)
    return text.length > 3 ? null : text.toUpperCase()
  })
  const [one, other] = [{}, {}]
  assert.deepEqual([shout(one, 'ana'), shout(one, 'ana')], ['ANA', 'ANA'])
  assert.deepEqual(
    [shout(one, 'long'), shout(one, 'long')],
    [null, null],
    'nothing is an answer too',
  )
  assert.equal(shout(other, 'ben'), 'BEN', 'what one connection brought is not known to another')
  assert.equal(shout(one, 'ana'), 'ANA', 'only the last is kept')
  assert.equal(shout(undefined, 'eve'), 'EVE')
  assert.deepEqual(done, ['ana', 'long', 'ben', 'ana', 'eve'])
})
