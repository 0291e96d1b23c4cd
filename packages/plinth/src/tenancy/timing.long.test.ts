import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import type { World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'
import type { Arranged } from './tenancy.fixture.ts'
import {
  arrange,
  ask,
  bearerOf,
  here,
  principalOfBearer,
  thing,
  things,
} from './tenancy.fixture.ts'

const authenticate = ({ headers }: FastifyRequest) => principalOfBearer(headers.authorization)

let world: World
let ana: Arranged
before(async () => {
  world = await startWorld({ features: [things, here], authenticate })
  ana = await arrange(world, ['acme', 'evil'], ['acme'])
})
after(() => world[Symbol.asyncDispose]())

const SAMPLES = 1_000
const median = (times: readonly number[]) =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN

/** Median times of two requests that take turns, so that whatever else happens meets both. */
async function compare(ways: readonly [() => Promise<unknown>, () => Promise<unknown>]) {
  const times: readonly [number[], number[]] = [[], []]
  for (let round = 0; round < SAMPLES + 50; round += 1) {
    for (const at of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const start = performance.now()
      await ways[at]()
      if (round >= 50) times[at].push(performance.now() - start)
    }
  }
  return median(times[0]) / median(times[1])
}

const authorization = (tenant: Id<'tenant'> | null) =>
  bearerOf({ person: ana.person, tenant, permissions: ['*'] })

test('TN-57 a foreign tenant and an invented one take equal time', async () => {
  const named = (name: string) => () =>
    ask(world, '/required', { authorization: authorization(null), 'x-tenant-id': name })
  const ratio = await compare([named(ana.tenants['evil'] ?? ''), named(newId())])
  assert.ok(ratio > 0.6 && ratio < 1.7, `medians differ by ${ratio}`)
})

test('TN-57 a row of another tenant and an invented id take equal time', async () => {
  const evil = world.database.forTenant(ana.tenants['evil'] ?? newId())
  const { id } = await thing.insert(evil, { name: 'theirs' })
  const read = (one: string) => () =>
    ask(world, `/things/${one}`, {
      authorization: authorization(ana.tenants['acme'] ?? null),
    })
  const ratio = await compare([read(id), read(newId())])
  assert.ok(ratio > 0.6 && ratio < 1.7, `medians differ by ${ratio}`)
})
