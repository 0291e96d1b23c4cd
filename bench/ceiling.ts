import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import pg from 'pg'
import { NO_LINES } from './children.ts'
import { COLUMNS, portOf } from './floor.ts'

/** The ceiling: node:http and pg alone, no framework, no schema. */
export async function startCeiling(databaseUrl: string) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 })
  const byId = async (id: string, response: ServerResponse) => {
    const { rows } = await pool.query({
      name: 'by_id',
      text: `select ${COLUMNS} from bench.products where id = $1`,
      values: [id],
    })
    answer(response, rows[0] === undefined ? 404 : 200, rows[0] ?? { error: 'not found' })
  }
  const server = createServer((request, response) => {
    const { url = '' } = request
    if (url === '/open') return answer(response, 200, { status: 'ok' })
    byId(url.slice('/products/'.length), response).catch((error) => response.destroy(error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: portOf(server.address()),
    ...NO_LINES,
    key: [],
    bearer: [],
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pool.end()
    },
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}
