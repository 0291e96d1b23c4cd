import assert from 'node:assert/strict'
import { Client } from 'pg'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { checksum } from './data.ts'
import type { Target } from './routes.ts'
import { PAST_THE_GUARD, unsafeTargets } from './routes.ts'
import type { Reply, Shape } from './send.ts'
import { send } from './send.ts'
import { openService } from './service.ts'
import type { Visitor } from './visitor.ts'
import { visit } from './visitor.ts'

/** Headers of a shape; one that is undefined is left out. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** A running service, a visitor, and every route that a session cookie can change something through. */
export interface Rig extends AsyncDisposable {
  readonly world: World
  readonly ana: Visitor
  readonly routes: readonly Target[]
  /** One shape on one route. */
  attempt(route: Target, headers: Headers, body?: string, at?: World): Promise<Reply>
  /** All routes refuse all shapes, added to what is good, with one of the statuses; no row changes. */
  refused(shapes: readonly Headers[], statuses?: readonly number[], body?: string): Promise<void>
  /** All routes let the shapes pass the guard. */
  accepted(shapes: readonly Headers[]): Promise<void>
  /** No row changed since the last `settle`. */
  unchanged(): Promise<void>
  /** Takes the rows as they are now. */
  settle(): Promise<void>
}

/** What refuses a request before its source, its token or its body is looked at. */
const SOONER = new Map([
  // A second factor is asked for before any body is read.
  ['/api/v1/platform/people/:id/mfa-reset', 'access.insufficient_user_authentication'],
])

/** Opens a rig with one product, so that a hole in the guard would change something. */
export async function openRig(): Promise<Rig> {
  const world = await openService()
  await visit(world, 'ana')
  await admitToPlatform(world, 'ana')
  const ana = await visit(world, 'ana')
  const lamp = await ana.person.post('/api/v1/products', { sku: 'LAMP-1', name: 'Lamp', price: 1 })
  assert.equal(lamp.status, 201)
  const routes = unsafeTargets(world, {
    '/api/v1/products/:id': String(lamp.body['id']),
    '/tenants/:id': await tenantOf(ana),
  })
  let rows = await checksum(world)
  const settle = async () => {
    rows = await checksum(world)
  }
  const unchanged = async () => assert.equal(await checksum(world), rows, 'a row was changed')
  const attempt: Rig['attempt'] = (route, headers, body = route.body, at = world) => {
    const typed = body === undefined ? {} : { 'content-type': 'application/json' }
    const shape: Shape = { method: route.method, headers: sent({ ...typed, ...headers }) }
    return send(at.url, route.path, body === undefined ? shape : { ...shape, body })
  }
  return {
    ...{ world, ana, routes, attempt, settle, unchanged },
    refused: async (shapes, statuses = [403], body) => {
      for (const route of routes) {
        for (const shape of shapes) {
          const answer = await attempt(route, { ...ana.headers, ...shape }, body ?? route.body)
          const what = `${route.method} ${route.url} ${JSON.stringify(shape).slice(0, 200)}`
          const sooner = answer.code === SOONER.get(route.url)
          assert.ok(
            sooner || statuses.includes(answer.status),
            `${what} → ${answer.status} ${answer.text}`,
          )
          if (answer.status === 403 && !sooner)
            assert.match(answer.code, /^http\.(csrf|origin|cross_site)$/, what)
        }
      }
      await unchanged()
    },
    accepted: async (shapes) => {
      const steady = await visit(world, 'bo', { tenant: 'bobs' })
      for (const shape of shapes) {
        for (const route of unsafeTargets(world)) {
          // The routes of sign-in end or renew the session: each gets one of its own.
          const fresh = route.url.startsWith('/auth/')
          const visitor = fresh ? await visit(world, 'bob', { tenant: 'bobs' }) : steady
          const answer = await attempt(route, { ...visitor.headers, ...shape })
          const what = `${route.method} ${route.url} ${JSON.stringify(shape)} → ${answer.text}`
          assert.doesNotMatch(answer.code, PAST_THE_GUARD, what)
          assert.ok(answer.status < 500, what)
        }
      }
      await settle()
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

/** Lets somebody do what administrators of the platform do: what they may not do proves nothing. */
async function admitToPlatform(world: World, who: string): Promise<void> {
  const client = new Client(world.testDatabase.adminUrl)
  await client.connect()
  await client.query(
    `insert into plinth.platform_roles (person_id, permissions)
     select id, array['platform:*'] from plinth.people where name = $1`,
    [who],
  )
  await client.end()
}

async function tenantOf({ person }: Visitor): Promise<string> {
  const { body } = await person.get<{ readonly tenant?: { readonly id?: string } }>('/auth/web/me')
  return body.tenant?.id ?? assert.fail('ana stands in no tenant')
}

function sent(headers: Headers): NonNullable<Shape['headers']> {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  return Object.fromEntries(kept)
}

/** A shape that leaves headers out. */
export function without(...names: readonly string[]): Headers {
  return Object.fromEntries(names.map((name) => [name, undefined]))
}

/** A shape with another token. */
export function token(value: string | readonly string[]): Headers {
  return { 'x-csrf-token': value }
}

/** A shape with another origin. */
export function origin(value: string): Headers {
  return { origin: value }
}
