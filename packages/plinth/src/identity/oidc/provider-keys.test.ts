import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { keys as pairs, publicJwk } from '../tokens/forge.fixture.ts'
import { createProviderKeys } from './provider-keys.ts'

const COOL_DOWN_MS = 30_000
const jwk = (kid: string) => publicJwk(pairs.rsa, { kid })

/** A provider whose keys, clock and temper a test moves. */
function ring(kids: readonly string[], ttlSeconds = 3_600) {
  const state = {
    now: 0,
    fetches: 0,
    kids,
    fetch: async () => state.kids.map(jwk) as readonly unknown[],
  }
  const provider = createProviderKeys({
    clock: { now: () => state.now, monotonic: () => state.now },
    ttlSeconds,
    fetchKeys: () => {
      state.fetches += 1
      return state.fetch()
    },
  })
  const find = (kid: string) => provider.find({ kid, algorithm: 'RS256' })
  const knows = async (kid: string) => (await find(kid)).length === 1
  return { state, provider, find, knows, warm: provider.warm }
}

test('JW-53 RP-89 a key that was rotated right after our fetch is found at once', async () => {
  const { state, knows, warm } = ring(['old'])
  await warm()
  state.now += 1
  state.kids = ['new']
  assert.equal(await knows('new'), true)
  assert.equal(state.fetches, 2)
})

test('JW-53 RP-93 a flood of unknown key ids costs one fetch in 30 s, and a rotation in its midst waits no longer', async () => {
  const { state, find, knows, warm } = ring(['old'])
  await warm()
  for (let at = 1; at <= 300; at += 1) {
    state.now += 1_000
    if (at === 100) state.kids = ['new']
    await Promise.all([find(`a${at}`), find(`b${at}`)])
  }
  assert.ok(state.fetches <= 1 + Math.ceil(300_000 / COOL_DOWN_MS), `${state.fetches} fetches`)
  assert.equal(await knows('new'), true)
})

test('JW-53 a fetch that began before the rotation is followed by one after it', async () => {
  const { state, knows } = ring([])
  let arrive = (_: readonly unknown[]) => {}
  state.fetch = () =>
    new Promise((resolve) => {
      arrive = resolve
    })
  const early = knows('old')
  state.now += 1
  const late = knows('new')
  state.fetch = async () => [jwk('new')]
  arrive([jwk('old')])
  assert.deepEqual(await Promise.all([early, late]), [true, true])
  assert.equal(state.fetches, 2)
})

test('JW-55 RP-91 a removed key is refused after the cache time', async () => {
  const { state, knows } = ring(['old'], 600)
  assert.equal(await knows('old'), true)
  state.kids = ['new']
  state.now += 600_000
  assert.equal(await knows('old'), true)
  state.now += 1
  assert.equal(await knows('old'), false)
})

test('JW-56 a rotation in the midst of 100 requests a second refuses none of them', async () => {
  const { state, knows, warm } = ring(['old'])
  await warm()
  const answers: boolean[] = []
  for (let at = 0; at < 60; at += 1) {
    state.now += 1_000
    if (at === 30) state.kids = ['old', 'new']
    const kid = at < 30 ? 'old' : 'new'
    answers.push(...(await Promise.all(Array.from({ length: 100 }, () => knows(kid)))))
  }
  assert.equal(answers.filter((known) => !known).length, 0)
  assert.equal(state.fetches, 2)
})

test('JW-51 a provider that fails is asked again after 5 s, and an answer ends the pause', async () => {
  const { state, knows } = ring(['one'])
  state.fetch = async () => {
    throw new Error('down')
  }
  for (let at = 0; at < 200; at += 1) await assert.rejects(knows('one'), /down/)
  assert.equal(state.fetches, 1)
  state.now += 4_999
  await assert.rejects(knows('one'), /down/)
  state.now += 1
  state.fetch = async () => [jwk('one')]
  assert.equal(await knows('one'), true)
  assert.equal(state.fetches, 2)
})

test('JW-52 JW-54 of a provider that hangs only the first one waits; the others use the keys there are', async () => {
  const { state, knows } = ring(['one'], 60)
  assert.equal(await knows('one'), true)
  state.now += 61_000
  state.fetch = async () => {
    throw new Error('timeout')
  }
  assert.equal(await knows('one'), true)
  state.now += 5_000
  let answer = (_: readonly unknown[]) => {}
  state.fetch = () =>
    new Promise((resolve) => {
      answer = resolve
    })
  assert.equal(await knows('one'), true)
  assert.equal(state.fetches, 3)
  answer([jwk('two')])
  await new Promise(setImmediate)
  assert.deepEqual([await knows('one'), await knows('two'), state.fetches], [false, true, 3])
})

test('RP-92 a private key in the set is an alarm and is not used', async () => {
  let alarms = 0
  const provider = createProviderKeys({
    clock: { now: () => 0, monotonic: () => 0 },
    ttlSeconds: 60,
    onPrivateKey: () => {
      alarms += 1
    },
    fetchKeys: async () => [
      { ...pairs.otherRsa.privateKey.export({ format: 'jwk' }), kid: 'leaked' },
      jwk('one'),
    ],
  })
  const found = (kid: string) => provider.find({ kid, algorithm: 'RS256' })
  assert.deepEqual([(await found('leaked')).length, (await found('one')).length, alarms], [0, 1, 1])
})

test('JW-10 keys of Ed448 and of small order are no keys; one of Ed25519 is found for EdDSA only', async () => {
  const { publicKey } = generateKeyPairSync('ed25519')
  const good = { ...publicKey.export({ format: 'jwk' }), kid: 'good' }
  const small = (hex: string) => ({
    ...{ kty: 'OKP', crv: 'Ed25519', kid: 'small' },
    x: Buffer.from(hex, 'hex').toString('base64url'),
  })
  const ed448 = generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' })
  const bad = [
    small('00'.repeat(32)),
    small(`${'00'.repeat(31)}80`),
    small(`01${'00'.repeat(31)}`),
    small('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'),
    small(`ec${'ff'.repeat(31)}`),
    { ...ed448, kid: 'small' },
    { ...ed448, crv: 'Ed25519', kid: 'small' },
  ]
  for (const key of bad) {
    const { state, provider } = ring([])
    state.fetch = async () => [key, good]
    assert.equal((await provider.find({ kid: 'small', algorithm: 'EdDSA' })).length, 0, key.x)
    assert.equal((await provider.find({ kid: 'good', algorithm: 'EdDSA' })).length, 1)
    assert.equal((await provider.find({ kid: 'good', algorithm: 'ES256' })).length, 0)
  }
})
