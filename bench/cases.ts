import type { Child, Role } from './children.ts'
import type { Shot } from './load.ts'

/** One thing to measure: what each server is asked, and what Plinth must reach. */
export interface Case {
  readonly name: string
  readonly title: string
  /** Least share of the floor's requests per second; reported only where there is none. */
  readonly target?: number
  /** Both are asked of Plinth: what one of its own parts costs. */
  readonly ofPlinth?: true
  readonly shots: Readonly<Partial<Record<Role, (server: Child) => Shot>>>
}

/** All cases over the seeded row `id`. What writes comes last, so that the tables are alike before. */
export function casesFor(id: string): readonly Case[] {
  const floorById = (server: Child) => get(server, `/products/${id}`)
  const openById = (server: Child) => get(visitorOf(server), `/products/${id}`)
  return [
    {
      name: 'by_id',
      title: 'read one row by id',
      target: 0.6,
      shots: {
        floor: floorById,
        plinth: (server) => get(server, `/api/v1/products/${id}`),
        ceiling: floorById,
      },
    },
    {
      name: 'by_id_open',
      title: 'read one row by id, open route',
      target: 0.75,
      shots: {
        floor: openById,
        plinth: (server) => get(visitorOf(server), `/open/products/${id}`),
      },
    },
    {
      name: 'list',
      title: 'list of 50 rows',
      target: 0.75,
      shots: {
        floor: (server) => get(server, '/products'),
        plinth: (server) => get(server, '/api/v1/products'),
      },
    },
    {
      name: 'me',
      title: '/auth/web/me (floor: one row)',
      shots: { floor: floorById, plinth: (server) => get(server, '/auth/web/me') },
    },
    {
      name: 'open',
      title: 'open route, no database',
      shots: {
        floor: (server) => get(visitorOf(server), '/open'),
        plinth: (server) => get(visitorOf(server), '/open'),
        ceiling: (server) => get(visitorOf(server), '/open'),
      },
    },
    {
      name: 'limits',
      title: 'open route with rate limits (floor: Plinth without)',
      target: 0.8,
      ofPlinth: true,
      shots: {
        floor: (server) => get(visitorOf(server), '/unlimited'),
        plinth: (server) => get(visitorOf(server), '/open'),
      },
    },
    {
      name: 'create',
      title: 'create a row and the row that tells of it',
      target: 0.6,
      shots: {
        floor: (server) => create(server, '/products'),
        plinth: (server) => create(server, '/api/v1/products'),
      },
    },
    {
      name: 'audit',
      title: 'create in one tenant, with audit (floor: Plinth without)',
      target: 0.7,
      ofPlinth: true,
      shots: {
        floor: (server) => create(server, '/unaudited/products'),
        plinth: (server) => create(server, '/api/v1/products'),
      },
    },
  ]
}

/** The server as somebody sees it who is not signed in. */
function visitorOf(server: Child): Child {
  return { ...server, session: server.visitor }
}

function get({ port, session }: Child, path: string): Shot {
  const text = request('GET', path, session)
  return { port, request: () => text }
}

let made = 0

/** No two shots create the same row. */
function create({ port, change }: Child, path: string): Shot {
  return {
    port,
    request: () => {
      made += 1
      const body = `{"sku":"MADE-${made}","name":"Made for measure","price":1999}`
      const head = ['content-type: application/json', `content-length: ${body.length}`]
      return request('POST', path, [...change, ...head]) + body
    },
  }
}

function request(method: string, path: string, headers: readonly string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'host: localhost', ...headers, '', ''].join('\r\n')
}
