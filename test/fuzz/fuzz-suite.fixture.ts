import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FuzzedService } from './fuzz.ts'
import { startFuzzing } from './fuzz.ts'

const COUNT = 1_000
const PARTS = 4
/** The same requests in each run, so that a red one is the fault of the change; others are drawn on demand. */
const SEED = Number(process.env['PLINTH_FUZZ_SEED'] ?? 20_260_101)

/**
 * Sends generated requests to every fourth operation: a file for each part, so that they run side by side.
 * @param part from 0 to 3; the four files take every operation between them
 */
export function fuzzSuite(part: number): void {
  let service: FuzzedService
  before(async () => {
    service = await startFuzzing()
  })
  after(() => service[Symbol.asyncDispose]())

  test(`HI-32 every operation × ${COUNT} generated requests, part ${part + 1} of ${PARTS}`, async (context) => {
    const mine = service.operations.filter((_, index) => index % PARTS === part)
    assert.ok(mine.length > 20)
    context.diagnostic(`PLINTH_FUZZ_SEED=${SEED} draws the same requests again`)
    for (const operation of mine) {
      const faults = await service.tryAll(operation, { count: COUNT, seed: SEED })
      assert.deepEqual(faults, [], `PLINTH_FUZZ_SEED=${SEED}`)
    }
  })
}
