import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signedIn } from '../../../access/index.ts'
import { feature, route } from '../../../feature/index.ts'
import type { EvilProvider, World } from '../../../testing/index.ts'
import { startEvilProvider, startWorld } from '../../../testing/index.ts'

let evil: EvilProvider
let world: World
before(async () => {
  evil = await startEvilProvider()
  const mine = route('GET /mine', { access: signedIn(), handle: () => undefined })
  world = await startWorld({ features: [feature('mine', { routes: [mine] })], providers: [evil] })
})
after(async () => {
  await world?.[Symbol.asyncDispose]()
  await evil[Symbol.asyncDispose]()
})

const SAMPLES = 600
const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0

async function timed(authorization: string): Promise<number> {
  const start = performance.now()
  const { status } = await world.visitor().get('/mine', { authorization })
  assert.equal(status, 401)
  return performance.now() - start
}

test('JW-61 a token under a key that is published and one under an invented key are refused in equal time', async () => {
  const forged = () => evil.mint.access({}, { signature: (good) => good.fill(7) })
  const invented = () => evil.mint.access({}, { header: { kid: 'invented' } })
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < SAMPLES + 50; round += 1) {
    const pair = [forged, invented].map((make) => `Bearer ${make()}`)
    for (const at of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const taken = await timed(pair[at] ?? '')
      if (round >= 50) times[at].push(taken)
    }
  }
  const ratio = median(times[0]) / median(times[1])
  assert.ok(ratio > 0.6 && ratio < 1.7, `medians differ by ${ratio}`)
})
