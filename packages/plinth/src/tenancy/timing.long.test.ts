import { after, before, test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import { assertEqualTime } from '../testing/equal-time.fixture.ts'
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

const measured = { samples: 1_000, most: 1.7 }

const authorization = (tenant: Id<'tenant'> | null) =>
  bearerOf({ person: ana.person, tenant, permissions: ['*'] })

test('TN-57 a foreign tenant and an invented one take equal time', async () => {
  const named = (name: string) => () =>
    ask(world, '/required', { authorization: authorization(null), 'x-tenant-id': name })
  await assertEqualTime({ ...measured, ways: [named(ana.tenants['evil'] ?? ''), named(newId())] })
})

test('TN-57 a row of another tenant and an invented id take equal time', async () => {
  const evil = world.database.forTenant(ana.tenants['evil'] ?? newId())
  const { id } = await thing.insert(evil, { name: 'theirs' })
  const read = (one: string) => () =>
    ask(world, `/things/${one}`, {
      authorization: authorization(ana.tenants['acme'] ?? null),
    })
  await assertEqualTime({ ...measured, ways: [read(id), read(newId())] })
})
