import { z } from 'zod'
import { open, signedIn } from '../packages/plinth/src/access/index.ts'
import { buildService } from '../packages/plinth/src/compose/index.ts'
import type { Database, Db } from '../packages/plinth/src/data/index.ts'
import { feature, route } from '../packages/plinth/src/feature/index.ts'
import type { Id } from '../packages/plinth/src/kernel/index.ts'
import { newToken } from '../packages/plinth/src/kernel/index.ts'
import { startEvilProvider } from '../packages/plinth/src/testing/evil-provider/index.ts'
import type { Person } from '../packages/plinth/src/testing/person.ts'
import { BROWSER, createPerson } from '../packages/plinth/src/testing/person.ts'
import { createSignIn } from '../packages/plinth/src/testing/sign-in.ts'
import { product, productFeature } from '../template/src/entities/product/product.ts'
import { portOf } from './floor.ts'

/** Where the session's person stands; the rows that are measured belong to it. */
export const TENANT = 'bench'

const openFeature = (tenantDb: () => Db) =>
  feature('bench', {
    routes: [
      route('GET /open/products/:id', {
        access: open('measures a row without a credential'),
        params: { id: product.id },
        returns: product.shown,
        handle: ({ params }) => product.get(tenantDb(), params.id),
      }),
      route('POST /unaudited/products', {
        access: product.can.create,
        body: product.create,
        returns: product.shown,
        status: 201,
        handle: ({ db, body }) => product.insert(db, body),
      }),
      route('GET /open', {
        access: open('measures a request without a credential'),
        returns: z.object({ status: z.string() }),
        handle: () => ({ status: 'ok' }),
      }),
      route('GET /unlimited', {
        access: open('measures a request that nothing counts'),
        limit: { unlimited: 'what limits cost is measured against it' },
        returns: z.object({ status: z.string() }),
        handle: () => ({ status: 'ok' }),
      }),
      route('GET /signed-in', {
        access: signedIn(),
        returns: z.object({ status: z.string() }),
        handle: () => ({ status: 'ok' }),
      }),
    ],
  })

/** Plinth as a service runs it, every guard and the worker on, with somebody signed in. */
export async function startHouse(databaseUrl: string) {
  const held: { db?: Db } = {}
  const issuer = await startEvilProvider()
  const service = await buildService({
    features: [productFeature, openFeature(() => held.db ?? missing())],
    file: null,
    env: {},
    values: {
      'app.environment': 'development',
      'app.base_url': ORIGIN,
      'app.session_signing_secret': newToken(),
      'app.csrf_signing_secret': newToken(),
      'database.url': databaseUrl,
      'logging.file': null,
      'jwt.issuers.bench.issuer': issuer.issuer,
      'jwt.issuers.bench.authorized_parties': ['evil-client'],
      // Counted like every request, and never refused: the load comes from one address.
      'rate_limiter.per_address.requests': 1_000_000_000,
      'rate_limiter.requests': 1_000_000_000,
      'rate_limiter.per_principal.requests': 1_000_000_000,
    },
  })
  await service.openResources()
  await service.startWorker()
  await service.app.listen({ port: 0, host: '127.0.0.1' })
  const port = portOf(service.app.server.address())
  const visitor = () => createPerson({ url: `http://127.0.0.1:${port}`, origin: ORIGIN })
  const person = await createSignIn({ service, visitor })('ana', { tenant: TENANT })
  const csrf = await person.refreshCsrf()
  held.db = service.database.forTenant(await tenantOf(service.database))
  const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  return {
    port,
    visitor: PAGE,
    session: [...PAGE, `cookie: ${cookie}`],
    change: [...PAGE, `cookie: ${cookie}`, `origin: ${ORIGIN}`, `x-csrf-token: ${csrf}`],
    key: [`x-api-key: ${await keyOf(person)}`],
    bearer: [
      `authorization: Bearer ${issuer.mint.access({ exp: Math.floor(Date.now() / 1_000) + 7_200 })}`,
    ],
    stop: async () => {
      await service.app.close()
      await issuer[Symbol.asyncDispose]()
    },
  }
}

/** A key without a scope: what is measured asks for none. */
async function keyOf(person: Person): Promise<string> {
  const wish = { type: 'user', name: 'bench', scopes: [] }
  const { status, body } = await person.post<{ key: string }>('/api/v1/api-keys', wish)
  if (status !== 201) throw new Error(`no key was made: ${JSON.stringify(body)}`)
  return body.key
}

async function tenantOf({ platform }: Database): Promise<Id<'tenant'>> {
  const text = 'select id from plinth.tenants where slug = $1'
  const { rows } = await platform.query<{ id: Id<'tenant'> }>(text, [TENANT])
  return rows[0]?.id ?? missing()
}

function missing(): never {
  throw new Error(`there is no tenant "${TENANT}"`)
}

const ORIGIN = 'http://localhost:8000'

/** What a browser says for a page that calls its own service. */
const PAGE = [
  `user-agent: ${BROWSER}`,
  'accept: application/json',
  'sec-fetch-site: same-origin',
  'sec-fetch-mode: cors',
  'sec-fetch-dest: empty',
]
