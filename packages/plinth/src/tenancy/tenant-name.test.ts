import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../kernel/index.ts'
import { tenantName } from './tenant-name.ts'

const id = newId<'tenant'>()

test('TN-06 a tenant is named by its id or its short name, each in one form', () => {
  assert.deepEqual(tenantName(id), { by: 'id', text: id })
  for (const text of ['a', 'acme', 'acme-2', '42', 'a'.repeat(63), 'personal-0af']) {
    assert.deepEqual(tenantName(text), { by: 'slug', text }, text)
  }
})

const nameless: readonly unknown[] = [
  ...['', ' ', ' acme', 'acme ', 'a,b', 'a, b', 'Acme', 'ACME', 'a_b', 'a.b', 'a/b', 'a;b', '*'],
  ...['-a', 'a-', '%61', 'ä', 'xn--acme-x', 'ab--c', 'a\0', 'a\n', '__proto__', '../b', '{a}'],
  ...['null', 'undefined', 'none', 'nan', 'true', 'false', 'a'.repeat(64), 'x'.repeat(10_000)],
  ...[id.toUpperCase(), `{${id}}`, id.replaceAll('-', ''), `${id}\0`, `urn:uuid:${id}`],
  ...[1, 0, null, undefined, true, ['acme'], { acme: 1 }, Number.NaN],
]
test('TN-06 TN-11 whatever else is said names nobody', () => {
  for (const said of nameless) assert.equal(tenantName(said), undefined, String(said))
})
