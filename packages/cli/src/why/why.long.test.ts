import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { WrittenService } from '../attack/leaky-service.fixture.ts'
import { writeService } from '../attack/leaky-service.fixture.ts'
import { PROGRAM } from '../dev/small-service.fixture.ts'
import type { WhyReport } from './why-report.ts'

const LOW_STOCK = `
import { feature, mount, open, query, route, signedIn } from 'plinth'
import { z } from 'zod'
import { product } from '../product/product.ts'

export const lowStock = feature('low-stock', {
  routes: [
    route('GET /api/v1/products/low-stock', {
      access: product.can.read,
      returns: z.array(z.object({ id: z.string(), note: z.string().nullable() })),
      handle: async ({ db }) =>
        (await db.query("select id, name as note from app.products where lower(name) = 'lamp'")).rows,
    }),
    route('GET /api/v1/years/:year/:slug', {
      access: open('a test'), tenant: 'none', limit: { requests: 3, windowMs: 60_000 },
      params: { year: z.coerce.number().int(), slug: z.string() }, returns: z.object({}), handle: () => ({}),
    }),
    route('GET /api/v1/probe', {
      access: open('a test'), tenant: 'none', limit: { unlimited: 'a probe' }, returns: z.object({}), handle: () => ({}),
    }),
    mount('/legacy', { access: signedIn() }, async (app) => {
      app.post('/things', async () => ({}))
    }),
  ],
})
`
const MAIN = `
import { start } from 'plinth'
import { lowStock } from './entities/low-stock/low-stock.ts'
import { productFeature } from './entities/product/product.ts'
await start({ features: [lowStock, productFeature] })
`

const LIMITED = `
  rate_limiter:
    endpoints:
      PATCH /api/v1/products/:id: { requests: 2, window_ms: 9000 }
`

let service: WrittenService
before(async () => {
  const config = await readFile(
    join(import.meta.dirname, '../../../../template/config.yaml'),
    'utf8',
  )
  service = await writeService({
    'config.yaml': config + LIMITED,
    'src/main.ts': MAIN,
    'src/entities/low-stock/low-stock.ts': LOW_STOCK,
  })
})
after(() => service[Symbol.asyncDispose]())

function why(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, NO_COLOR: '1' }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [PROGRAM, 'why', ...args],
      { cwd: service.folder, env },
      (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    )
  })
}

test('plinth why names the line, the rule, the tenant, the limits, the problems and the plan', async () => {
  const { code, out, err } = await why('GET', '/api/v1/products/low-stock', '--json')
  assert.equal(code, 0, err)
  const { routes }: WhyReport = JSON.parse(out)
  const [route] = routes
  assert.equal(routes.length, 1)
  assert.deepEqual(route?.place, { file: 'src/entities/low-stock/low-stock.ts', line: 8 })
  assert.match(route?.callers.join(' ') ?? '', /product:read/)
  assert.match(route?.tenant.join(' ') ?? '', /must be one.*X-Tenant-ID/)
  assert.match(route?.limits.join(' ') ?? '', /30 s/)
  assert.ok(
    route?.problems.some((one) => one.code === 'access.not_permitted' && one.status === 403),
  )
  assert.deepEqual([route?.cost?.status, route?.cost?.roundTrips], [200, 1])
  const statement = route?.cost?.statements.find(({ text }) => text.includes('app.products'))
  assert.match(statement?.plan.join('\n') ?? '', /tenant_id = .*current_setting/)
  assert.match(statement?.plan.join('\n') ?? '', /Filter: .*lower/)
})

test('plinth why says how often a route may be called, as the route and config.yaml have it', async () => {
  const limits = async (...args: readonly string[]) => {
    const { out, err } = await why(...args, '--json')
    assert.equal(err, '')
    const { routes }: WhyReport = JSON.parse(out)
    return routes.map((one) => one.limits.join(' ')).join('\n')
  }
  const shared =
    /With all other routes, a principal may make 600 requests in 60 s, an address 1200 /
  const own = await limits('HEAD', '/api/v1/years/2026/x')
  assert.match(own, /A principal may call it 3 times in 60 s, or an address where nobody/)
  assert.match(own, shared)
  const probe = await limits('/api/v1/probe')
  assert.match(probe, /It may be called without limit \(unlimited: a probe\)\.$/)
  const configured = await limits('PATCH', '/api/v1/products/:id')
  assert.match(configured, /A principal may call it 2 times in 9 s/)
  const mounted = await limits('/legacy/things')
  assert.match(mounted, /The body has at most 1 MiB\./)
  assert.match(mounted, shared)
})

test('plinth why goes by the query that is asked, so that the plan is the one of that filter', async () => {
  const { code, out, err } = await why('GET', '/api/v1/products?status=live', '--json')
  assert.equal(code, 0, err)
  const { routes }: WhyReport = JSON.parse(out)
  assert.equal(routes[0]?.cost?.status, 200)
  const texts = routes[0]?.cost?.statements.map(({ text }) => text).join('\n') ?? ''
  assert.match(texts, /"status" = /)
})

test('plinth why answers a concrete path of every method, and suggests where there is none', async () => {
  const all = await why('/api/v1/products/01a20264-0000-7000-8000-000000000000')
  assert.equal(all.code, 0, all.err)
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
    assert.match(all.out, new RegExp(`^${method} /api/v1/products/:id$`, 'm'))
  assert.match(all.out, /^ {2}declared {2}src\/entities\/product\/product\.ts:\d+$/m)
  const none = await why('GET', '/api/v1/prodcts')
  assert.equal(none.code, 2)
  assert.match(
    none.err,
    /^There is no route GET \/api\/v1\/prodcts; the nearest: `GET \/api\/v1\/products`/,
  )
  assert.match((await why('FETCH', '/x')).err, /^"FETCH" is no method/)
  assert.match((await why('products')).err, /begins with a slash/)
})
