import assert from 'node:assert/strict'
import { test } from 'node:test'
import { breakingStep } from './breaking-step.ts'

const changed = (count: number) =>
  Array.from({ length: count }, (_, at) => `breaking  GET /${at}, answer 200 x: is gone`)

test('an update that changes the API names some changes, and where the others are listed', () => {
  assert.deepEqual(breakingStep([], 'npx'), [])
  assert.deepEqual(breakingStep(changed(1), 'npx'), [
    'Callers of your API would notice this: GET /0, answer 200 x: is gone. When they may: npx plinth sync --accept-breaking, and commit src/generated/openapi.json',
  ])
  const [many = ''] = breakingStep(changed(70), 'pnpm exec')
  assert.match(
    many,
    /GET \/2, .*; and 67 more, which pnpm exec plinth openapi --check lists\. When/,
  )
  assert.doesNotMatch(many, /GET \/3,/)
})
