import assert from 'node:assert/strict'
import { test } from 'node:test'
import { documents } from '../../scripts/gen/documents.ts'
import { read } from './source/files.ts'

for (const { file, text } of documents) {
  test(`${file} is what the code says (else run: npm run gen)`, async () => {
    const wanted = (await text()).split('\n')
    const present = read(file).split('\n')
    assert.deepEqual(
      {
        missing: wanted.filter((line) => !present.includes(line)),
        stale: present.filter((line) => !wanted.includes(line)),
      },
      { missing: [], stale: [] },
    )
    assert.equal(present.length, wanted.length)
  })
}
