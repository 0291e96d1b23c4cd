import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FuzzedService } from './fuzz.ts'
import { startFuzzing } from './fuzz.ts'

const COUNT = 8
// The same in every run; the long suite draws another one each time.
const SEED = 32

let service: FuzzedService
before(async () => {
  service = await startFuzzing()
})
after(() => service[Symbol.asyncDispose]())

test(`HI-32 every operation × ${COUNT} generated requests: no server error, every answer as documented`, async () => {
  const faults: string[] = []
  for (const operation of service.operations)
    faults.push(...(await service.tryAll(operation, { count: COUNT, seed: SEED })))
  assert.ok(service.operations.length > 20)
  assert.deepEqual(faults, [])
})
