import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'

const MODULE = new URL('./young-generation.ts', import.meta.url).href

/** What a process of its own says of the space for new objects: its size before, within and after. */
function sizes(...flags: readonly string[]) {
  const code = `
    import { getHeapSpaceStatistics } from 'node:v8'
    import { withSmallYoungGeneration } from '${MODULE}'
    const size = () => getHeapSpaceStatistics().find((one) => one.space_name === 'new_space').space_size
    const make = () => Array.from({ length: 300_000 }, (_, n) => ({ n, text: [n] }))
    const first = size()
    const kept = []
    await withSmallYoungGeneration(async () => { kept.push(make()) })
    const within = size()
    kept.push(make())
    console.log(JSON.stringify({ first, within, after: size(), kept: kept.length }))`
  const given = [...flags, '--input-type=module', '-e', code]
  const said = execFileSync(process.execPath, given, { encoding: 'utf8' })
  return JSON.parse(said) as { first: number; within: number; after: number }
}

test('the space for new objects stays small while a service starts, and grows with the load afterwards', () => {
  const { first, within, after } = sizes()
  // The half that survivors are copied to is counted from the first collection on.
  assert.ok(within <= 2 * first, `${within} is not more than twice ${first}`)
  assert.ok(after > 2 * within, `${after} is more than twice ${within}`)
})

test('who gives a size for new objects keeps it', () => {
  const { first, within } = sizes('--max-semi-space-size=8')
  assert.ok(within > first, `${within} is more than ${first}`)
})
