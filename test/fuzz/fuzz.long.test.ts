import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { FuzzedService } from './fuzz.ts'
import { startFuzzing } from './fuzz.ts'

const COUNT = 1_000
const SEED = Number(process.env['PLINTH_FUZZ_SEED'] ?? randomInt(2 ** 31))

let service: FuzzedService
before(async () => {
  service = await startFuzzing()
})
after(() => service[Symbol.asyncDispose]())

test(`HI-32 every operation × ${COUNT} generated requests`, async (context) => {
  assert.ok(service.operations.length > 20)
  context.diagnostic(`PLINTH_FUZZ_SEED=${SEED} draws the same requests again`)
  for (const operation of service.operations) {
    const faults = await service.tryAll(operation, { count: COUNT, seed: SEED })
    assert.deepEqual(faults, [], `PLINTH_FUZZ_SEED=${SEED}`)
  }
})
