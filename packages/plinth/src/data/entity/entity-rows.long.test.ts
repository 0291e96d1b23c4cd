import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { newId } from '../../kernel/index.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { assertPatch } from './patch.fixture.ts'
import { samplesSql } from './sample.fixture.ts'
import { sampleField, sampleRow } from './sample-values.fixture.ts'

/** The same rows in each run: a red one is the fault of the change. */
const SEED = 20_260_101

let database: Awaited<ReturnType<typeof openTestDatabase>>
before(async () => {
  database = await openTestDatabase({ sql: samplesSql })
})
after(() => database[Symbol.asyncDispose]())

test('3,000 rows of any values: a patch of one field changes it, updated_at and version only', async () => {
  const db = database.database.forTenant(newId<'tenant'>())
  const property = fc.asyncProperty(sampleRow, sampleRow, sampleField, (first, second, field) =>
    assertPatch(db, [first, second], field),
  )
  await fc.assert(property, { numRuns: 3_000, seed: SEED })
})
