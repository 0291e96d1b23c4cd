import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import type { World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'
import { startSecondProcess } from '../testing/second-process.ts'
import { pgbouncerPath, startPooler } from './pgbouncer.fixture.ts'
import { ask, bearerOf, principalOfBearer, thing, things } from './tenancy.fixture.ts'

const features = [things]
const authenticate = ({ headers }: FastifyRequest) => principalOfBearer(headers.authorization)
const tenants = [newId<'tenant'>(), newId<'tenant'>()] as const

let world: World
before(async () => {
  world = await startWorld({ features, authenticate })
  for (const tenant of tenants) {
    await thing.insert(world.database.forTenant(tenant), { name: `of ${tenant}` })
  }
})
after(() => world[Symbol.asyncDispose]())

const as = (tenant: Id<'tenant'>) => ({
  authorization: bearerOf({ person: newId<'person'>(), tenant, permissions: ['*'] }),
})

/** A list and a single row in turn, 25 at a time; every answer may hold its own tenant's row only. */
async function alternate(process: { readonly url: string }): Promise<void> {
  const one = async (at: number) => {
    const tenant = at % 2 === 0 ? tenants[0] : tenants[1]
    const { status, body } = await ask(process, '/things', as(tenant))
    const items = body['items'] as readonly { readonly name: string }[]
    assert.equal(status, 200)
    assert.deepEqual(
      items.map(({ name }) => name),
      [`of ${tenant}`],
    )
  }
  for (let from = 0; from < 1_000; from += 25) {
    await Promise.all(Array.from({ length: 25 }, (_, at) => one(from + at)))
  }
}

test('TN-45 1,000 alternating requests of two tenants, prepared statements on direct connections: none mixed', async () => {
  await alternate(world)
})

const program = pgbouncerPath()
const skip = program === undefined && 'pgbouncer is not installed'
test('TN-45 1,000 alternating requests of two tenants through pgbouncer in transaction mode, unnamed statements: none mixed', {
  skip,
}, async () => {
  const { appUrl } = world.testDatabase
  await using pooler = await startPooler(program ?? '', appUrl)
  const settings = {
    'database.url': pooler.urlOf(appUrl),
    'database.listen_url': appUrl,
    'database.prepared': false,
  }
  await using pooled = await startSecondProcess(world, [], settings, { features, authenticate })
  await alternate(pooled)
})
