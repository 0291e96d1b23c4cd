import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { plainSentence } from './plain-sentence.ts'

const failed = (place: { host: string; port: number; autoSelectFamily?: boolean }) =>
  new Promise<Error>((resolve) => connect(place).once('error', resolve))

test('issue 4 §8: nobody there is said with the next step, also for a name with several addresses', async () => {
  assert.match(
    plainSentence(await failed({ host: '127.0.0.1', port: 1 })),
    /^Nothing answers at 127\.0\.0\.1:1 \(ECONNREFUSED\)\. .*`plinth dev start-env` .* DATABASE_URL/,
  )
  const both = Object.assign(new AggregateError([await failed({ host: '127.0.0.1', port: 1 })]), {
    code: 'ECONNREFUSED',
  })
  assert.match(plainSentence(both), /^Nothing answers at 127\.0\.0\.1:1 \(/)
})

test('issue 4 §8: what the database refuses is said with what helps; anything else as it is', () => {
  const missing = Object.assign(new Error('database "shop" does not exist'), { code: '3D000' })
  assert.match(
    plainSentence(missing),
    /"shop" does not exist; .*`plinth db setup --admin-url …`\.$/,
  )
  assert.equal(plainSentence(new Error('so be it')), 'so be it')
  assert.match(plainSentence(new Error('')), /^It failed without a reason/)
  assert.equal(plainSentence('text'), 'text')
})
