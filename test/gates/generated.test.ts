import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documents } from '../../scripts/gen/documents.ts'
import { read } from './source/files.ts'

for (const { file, text } of documents) {
  test(`${file} is what the code says (else run: npm run gen)`, async () => {
    assert.equal(read(file), await text())
  })
}
