import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const TEMPLATE = join(ROOT, 'template')

/** A service in a folder of its own, with this repository's packages. */
export interface WrittenService extends AsyncDisposable {
  readonly folder: string
}

/** The template's service with some files replaced or added, by their path. */
export async function writeService(
  files: Readonly<Record<string, string>>,
): Promise<WrittenService> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'plinth-attack-')))
  for (const name of [
    'src',
    'migrations',
    'config.yaml',
    'package.json',
    'tsconfig.json',
    'biome.json',
  ])
    await cp(join(TEMPLATE, name), join(folder, name), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** `src/main.ts` that starts the template's product and one feature more. */
export const MAIN = `
import { start } from 'plinth'
import { productFeature } from './entities/product/product.ts'
import { leaks } from './leaks.ts'

await start({ features: [productFeature, leaks] })
`

/** Routes that each forget one thing, and one that forgets nothing. */
export const LEAKS = `
import { contextOf, entity, feature, mount, ref, route, signedIn } from 'plinth'
import { z } from 'zod'
import { product } from './entities/product/product.ts'

export const offer = entity(
  'offer',
  { title: z.string().max(80), margin: z.int32().default(7), state: z.enum(['new', 'sold']).default('new') },
  { hidden: ['margin'], serverOnly: ['state'] },
)

export const diary = entity('diary', { text: z.string().max(200) }, { owned: 'person' })
export const review = entity('review', { text: z.string().max(200), product_id: z.uuid() })
export const remark = entity('remark', { text: z.string().max(200), diary_id: ref('diary') })

const asEveryTenant = (db, work) => db.transaction(async (tx) => {
  const { rows } = await tx.query('select id from plinth.tenants')
  const found = []
  for (const { id } of rows) {
    await tx.client.query("select set_config('plinth.tenant_id', $1, true)", [id])
    found.push(...(await work(tx)))
  }
  return found
})
const sql = async (tx, text, values = []) => (await tx.client.query(text, values)).rows

const anything = z.array(z.record(z.string(), z.unknown()))

export const leaks = feature('leaks', {
  entities: [offer, diary, review, remark],
  routes: [
    route('GET /api/v1/report', {
      access: product.can.read, returns: anything,
      handle: ({ db }) => asEveryTenant(db, (tx) => sql(tx, 'select name from app.products')),
    }),
    route('GET /api/v1/any-product/:id', {
      access: product.can.read, params: { id: product.id }, returns: anything,
      handle: ({ db, params }) => asEveryTenant(db, (tx) => sql(tx, 'select sku from app.products where id = $1', [params.id])),
    }),
    route('POST /api/v1/any-product/:id/retire', {
      access: product.can.update, params: { id: product.id },
      handle: async ({ db, params }) => {
        await asEveryTenant(db, (tx) => sql(tx, "update app.products set stock = 0 where id = $1", [params.id]))
      },
    }),
    route('GET /api/v1/offers/:id/raw', {
      access: offer.can.read, params: { id: offer.id }, returns: z.record(z.string(), z.unknown()),
      handle: async ({ db, params }) => ({ ...(await offer.get(db, params.id)) }),
    }),
    route('PATCH /api/v1/offers/:id/quick', {
      access: offer.can.update, params: { id: offer.id }, body: z.object({ title: z.string() }).loose(),
      handle: async ({ db, params, body }) => { await offer.update(db, params.id, body) },
    }),
    route('GET /api/v1/offers/:id/crash', {
      access: offer.can.read, params: { id: offer.id },
      handle: () => { throw new Error('no') },
    }),
    route('GET /api/v1/offers/:id', {
      access: offer.can.read, params: { id: offer.id }, returns: offer.shown,
      handle: async ({ db, params }) => offer.present(await offer.get(db, params.id)),
    }),
    route('GET /api/v1/diaries/:id', {
      access: diary.can.read, params: { id: diary.id }, returns: diary.shown,
      handle: async ({ db, params }) => diary.present(await diary.get(db, params.id)),
    }),
    route('POST /api/v1/reviews', {
      access: review.can.create, body: review.create, status: 201, returns: review.shown,
      handle: async ({ db, body }) => review.present(await review.insert(db, body)),
    }),
    route('POST /api/v1/remarks', {
      access: remark.can.create, body: remark.create, status: 201, returns: remark.shown,
      handle: async ({ db, body }) => remark.present(await remark.insert(db, body)),
    }),
    mount('/legacy', { access: signedIn() }, async (app) => {
      app.get('/products/:id/retire', async (request) => {
        await contextOf(request).db.query("update app.products set status = 'retired' where id = $1", [request.params.id])
        return { done: true }
      })
    }),
  ],
})
`
