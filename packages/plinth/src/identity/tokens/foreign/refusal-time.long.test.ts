import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signedIn } from '../../../access/index.ts'
import { feature, route } from '../../../feature/index.ts'
import { assertEqualTime } from '../../../testing/equal-time.fixture.ts'
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

async function refused(token: string | undefined): Promise<void> {
  const { status } = await world.visitor().get('/mine', { authorization: `Bearer ${token}` })
  assert.equal(status, 401)
}

test('JW-61 a token under a key that is published and one under an invented key are refused in equal time', async () => {
  const [forged, invented]: [string[], string[]] = [[], []]
  await assertEqualTime({
    samples: 600,
    most: 1.7,
    prepare: async (turns) => {
      while (forged.length < turns) {
        forged.push(evil.mint.access({}, { signature: (good) => good.fill(7) }))
        invented.push(evil.mint.access({}, { header: { kid: 'invented' } }))
      }
    },
    ways: [(turn) => refused(forged[turn]), (turn) => refused(invented[turn])],
  })
})
