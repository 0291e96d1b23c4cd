import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { checkHistory, keepHistory } from './history.fixture.ts'
import type { TokenWorld } from './token-api.fixture.ts'
import { openTokenWorld } from './token-api.fixture.ts'

let tokens: TokenWorld
before(async () => {
  tokens = await openTokenWorld()
})
after(() => tokens?.[Symbol.asyncDispose]())

const many = <T>(times: number, work: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, work))

test('RR-04 twenty parallel refreshes with one token have one successor, round after round', async () => {
  const ana = await tokens.holder()
  const history = keepHistory((token) => tokens.refresh(token))
  let token = ana.refresh
  for (let round = 0; round < 5; round += 1) {
    const calls = await many(20, () => history.refresh(token))
    assert.deepEqual([...new Set(calls.map(({ status }) => status))], [200])
    token = calls[0]?.successor ?? ''
  }
  assert.deepEqual(await checkHistory(tokens, ana.session, history.calls), { live: 1, tokens: 6 })
})

test('RR-12 whoever uses the good token while the old one comes back gets nothing that lives', async () => {
  for (let round = 0; round < 8; round += 1) {
    const ana = await tokens.holder()
    const history = keepHistory((token) => tokens.refresh(token))
    const { successor = '' } = await history.refresh(ana.refresh)
    tokens.world.clock.advance(10_000)
    await Promise.all([
      ...Array.from({ length: 4 }, () => history.refresh(successor)),
      history.refresh(ana.refresh),
      ...Array.from({ length: 4 }, () => history.refresh(successor)),
    ])
    const { live } = await checkHistory(tokens, ana.session, history.calls)
    assert.equal(live, 0)
    for (const call of history.calls.filter((one) => one.successor !== undefined)) {
      assert.equal((await tokens.refresh(call.successor)).status, 401)
      tokens.world.clock.advance(10_000)
    }
  }
})

test('RR-12 a sign-out and a refresh at once leave nothing alive', async () => {
  for (let round = 0; round < 8; round += 1) {
    const ana = await tokens.holder()
    const history = keepHistory((token) => tokens.refresh(token))
    await Promise.all([
      history.refresh(ana.refresh),
      tokens.post('/auth/logout', { refresh_token: ana.refresh }),
      history.refresh(ana.refresh),
    ])
    assert.equal((await checkHistory(tokens, ana.session, history.calls)).live, 0)
  }
})
