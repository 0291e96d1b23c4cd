import Fastify from 'fastify'
import pg from 'pg'

/**
 * The floor: what a careful person writes by hand with Fastify and pg when nobody asks for
 * sign-in, tenants, audit or logs. Named statements, response schema, one pool.
 */
export async function startFloor(databaseUrl: string) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 })
  const app = Fastify({ logger: false })
  const columns =
    'id, sku, name, price::int as price, stock, status, version, created_at::text, updated_at::text'
  const product = {
    type: 'object',
    properties: {
      id: { type: 'string' },
      sku: { type: 'string' },
      name: { type: 'string' },
      price: { type: 'integer' },
      stock: { type: 'integer' },
      status: { type: 'string' },
      version: { type: 'integer' },
      created_at: { type: 'string' },
      updated_at: { type: 'string' },
    },
  }
  app.get<{ Params: { id: string } }>(
    '/products/:id',
    { schema: { response: { 200: product } } },
    async (request, reply) => {
      const { rows } = await pool.query({
        name: 'by_id',
        text: `select ${columns} from bench.products where id = $1`,
        values: [request.params.id],
      })
      return rows[0] ?? reply.code(404).send({ error: 'not found' })
    },
  )
  const list = { type: 'object', properties: { items: { type: 'array', items: product } } }
  app.get('/products', { schema: { response: { 200: list } } }, async () => {
    const { rows } = await pool.query({
      name: 'list',
      text: `select ${columns} from bench.products order by created_at, id limit 50`,
    })
    return { items: rows }
  })
  app.post<{ Body: { sku: string; name: string; price: number } }>(
    '/products',
    { schema: { response: { 201: product } } },
    async (request, reply) => {
      const { sku, name, price } = request.body
      const { rows } = await pool.query({
        name: 'create',
        text: `insert into bench.products (sku, name, price) values ($1, $2, $3) returning ${columns}`,
        values: [sku, name, price],
      })
      return reply.code(201).send(rows[0])
    },
  )
  await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    port: portOf(app.server.address()),
    stop: async () => {
      await app.close()
      await pool.end()
    },
  }
}

/** The port of a listening server. */
export function portOf(address: string | { port: number } | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('not listening on TCP')
  return address.port
}
