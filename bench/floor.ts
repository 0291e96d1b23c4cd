import type { FastifyInstance } from 'fastify'
import Fastify from 'fastify'
import pg from 'pg'
import { NO_LINES } from './children.ts'

/** The columns that an answer carries. */
export const COLUMNS =
  'id, sku, name, price::int as price, stock, status, version, created_at::text, updated_at::text'

const text = { type: 'string' }
const integer = { type: 'integer' }
const PRODUCT = {
  type: 'object',
  properties: {
    id: text,
    sku: text,
    name: text,
    price: integer,
    stock: integer,
    status: text,
    version: integer,
    created_at: text,
    updated_at: text,
  },
}
const LIST = { type: 'object', properties: { items: { type: 'array', items: PRODUCT } } }
const OPEN = { type: 'object', properties: { status: text } }

/**
 * The floor: what a careful person writes by hand with Fastify and pg when nobody asks for
 * sign-in, tenants, audit or logs. Named statements, response schema, one pool.
 */
export async function startFloor(databaseUrl: string) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 })
  const app = Fastify({ logger: false })
  app.get('/open', { schema: { response: { 200: OPEN } } }, async () => ({ status: 'ok' }))
  readRoutes(app, pool)
  createRoute(app, pool)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    port: portOf(app.server.address()),
    ...NO_LINES,
    key: [],
    bearer: [],
    stop: async () => {
      await app.close()
      await pool.end()
    },
  }
}

function readRoutes(app: FastifyInstance, pool: pg.Pool): void {
  app.get<{ Params: { id: string } }>(
    '/products/:id',
    { schema: { response: { 200: PRODUCT } } },
    async (request, reply) => {
      const { rows } = await pool.query({
        name: 'by_id',
        text: `select ${COLUMNS} from bench.products where id = $1`,
        values: [request.params.id],
      })
      return rows[0] ?? reply.code(404).send({ error: 'not found' })
    },
  )
  app.get('/products', { schema: { response: { 200: LIST } } }, async () => {
    const { rows } = await pool.query({
      name: 'list',
      text: `select ${COLUMNS} from bench.products order by products.created_at desc, id desc limit 50`,
    })
    return { items: rows }
  })
}

/** A row and the row that tells of it, in one transaction. */
function createRoute(app: FastifyInstance, pool: pg.Pool): void {
  app.post<{ Body: { sku: string; name: string; price: number } }>(
    '/products',
    { schema: { response: { 201: PRODUCT } } },
    async (request, reply) => {
      const { sku, name, price } = request.body
      const client = await pool.connect()
      try {
        await client.query('begin')
        const { rows } = await client.query({
          name: 'create',
          text: `insert into bench.products (sku, name, price) values ($1, $2, $3) returning ${COLUMNS}`,
          values: [sku, name, price],
        })
        await client.query({
          name: 'tell',
          text: 'insert into bench.events (action, target_id, data) values ($1, $2, $3)',
          values: ['product.create', rows[0]?.id, { fields: ['sku', 'name', 'price'] }],
        })
        await client.query('commit')
        return reply.code(201).send(rows[0])
      } catch (error) {
        await client.query('rollback')
        throw error
      } finally {
        client.release()
      }
    },
  )
}

/** The port of a listening server. */
export function portOf(address: string | { port: number } | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('not listening on TCP')
  return address.port
}
