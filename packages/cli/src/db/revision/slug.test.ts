import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slugOf } from './migration-texts.ts'

const SLUGS: readonly (readonly [string, string])[] = [
  ['Add weight & size', 'add_weight_size'],
  ['Ünïcode / Größe \\ ../../etc/passwd', 'unicode_grosse_etc_passwd'],
  ['  --drop; table  ', 'drop_table'],
  ['x'.repeat(300), 'x'.repeat(60)],
  [`${'a'.repeat(59)} b`, 'a'.repeat(59)],
  ['!?&%', ''],
  ['добавить вес', ''],
  ['№ 5', 'no_5'],
]

for (const [message, slug] of SLUGS) {
  test(`a message names its files by its Latin letters and digits: ${message.slice(0, 40)}`, () => {
    assert.equal(slugOf(message), slug)
  })
}
