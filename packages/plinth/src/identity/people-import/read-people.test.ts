import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvRows } from './csv-rows.ts'
import { ImportFileFault } from './imported-person.ts'
import { readPeople } from './read-people.ts'

test('CSV: quotes, both line ends, a byte order mark and empty lines (RFC 4180)', () => {
  assert.deepEqual(csvRows('\ufeffa,"b ""x"", y"\r\n\r\n"1\n2",\n'), [
    ['a', 'b "x", y'],
    ['1\n2', ''],
  ])
  assert.deepEqual(csvRows(''), [])
  assert.throws(() => csvRows('a\n"b'), /line 2/)
  assert.throws(() => csvRows('a"b'), /line 1/)
})

test('a file that is not what it was said to be is refused in a sentence that says what it should be', () => {
  for (const [source, text, sentence] of [
    ['csv', 'email,shoe_size\n', /"shoe_size" is no column/],
    ['csv', 'first_name\n', /there is no "email"/],
    ['csv', '"email\n', /The file is no CSV: line 1/],
    ['keycloak', '{"clients": []}', /no realm of Keycloak.*kc\.sh export/],
    ['better-auth', '{"user": [{}]}', /no export of better-auth/],
    ['better-auth', '{', /no JSON/],
    ['plinth', '{"id": 1}', /Line 1 is none/],
  ] as const) {
    const fault = (error: unknown) =>
      error instanceof ImportFileFault && sentence.test(error.message.replaceAll('\n', ' '))
    assert.throws(() => readPeople(source, text), fault, `${source} ${text}`)
  }
})

test('Keycloak: service accounts stay behind, and a person of the realm is one of the provider self', () => {
  const users = [
    { id: 'a', username: 'ana', email: 'a@b.test' },
    { id: 's', serviceAccountClientId: 'machine' },
  ]
  const [ana, ...more] = readPeople('keycloak', JSON.stringify({ users }))
  assert.deepEqual(
    [ana?.externalId, ana?.accounts, more],
    ['a', [{ provider: 'self', subject: 'a' }], []],
  )
})
