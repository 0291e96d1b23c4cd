import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiKeyMade } from './index.ts'

const data = {
  name: 'Ana <b>',
  key: 'deploy "<script>',
  prefix: 'uk_user_AbCd',
  when: '2030-01-02T03:04:05Z',
  baseUrl: 'https://app.example.com',
}

test('AK-30 the mail about a key tells its name as text, its beginning and what to do, in both forms', () => {
  const made = apiKeyMade.write({ ...data, what: 'created' })
  assert.equal(made.subject, 'An API key was made')
  assert.ok(!made.html.includes('<script>') && made.html.includes('&lt;script&gt;'))
  for (const text of [made.text, made.html]) {
    assert.match(text, /uk_user_AbCd/)
    assert.match(text, /2030-01-02 03:04 UTC/)
    assert.match(text, /Was it not you\? Revoke the key/)
  }
  const rotated = apiKeyMade.write({ ...data, what: 'rotated' })
  assert.equal(rotated.subject, 'An API key was rotated')
  assert.match(rotated.text, /replaced by a new one/)
})
