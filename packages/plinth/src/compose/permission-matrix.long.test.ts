import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Matrix } from './permission-matrix.fixture.ts'
import { answered, expected, openMatrix } from './permission-matrix.fixture.ts'

let matrix: Matrix
before(async () => {
  matrix = await openMatrix()
})
after(() => matrix[Symbol.asyncDispose]())

test('v5.0.0-V8.2.1 every route of the service answers everybody as its rule says: session, key, token, and nobody', async () => {
  const { routes, actors } = matrix
  const wrong: string[] = []
  const tally = new Map<string, number>()
  for (const route of routes) {
    for (const actor of actors) {
      const [wanted, got] = [expected(route, actor), await answered(route, actor)]
      tally.set(wanted, (tally.get(wanted) ?? 0) + 1)
      if (got !== wanted)
        wrong.push(`${route.method} ${route.url}: ${actor.name} is ${got}, not ${wanted}`)
    }
  }
  assert.deepEqual(wrong, [])
  assert.ok(routes.length > 80 && actors.length >= 12)
  // Every way to be refused was tried, and everybody got in somewhere.
  assert.deepEqual([...tally.keys()].toSorted(), [
    'in',
    'in_person',
    'not_permitted',
    'not_signed_in',
    'read_only',
  ])
})
