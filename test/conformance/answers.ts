import type { World } from '../../packages/plinth/src/testing/index.ts'
import { sendRaw } from '../../packages/plinth/src/testing/raw-http.ts'
import { targetsOf } from './routes.ts'
import type { Reply } from './send.ts'
import { send } from './send.ts'
import type { Visitor } from './visitor.ts'

/** One answer, and to what. */
export interface Said extends Reply {
  readonly what: string
}

const FAULTS: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['GET', '/nowhere', {}],
  ['GET', '/%zz', {}],
  ['GET', '/broken', {}],
  ['GET', '/.git/HEAD', {}],
  ['GET', '/?x=%00', {}],
  ['GET', `/${'a'.repeat(9_000)}`, {}],
  ['PROPFIND', '/', {}],
  ['PUT', '/auth/web/me', {}],
  ['POST', '/auth/web/logout', {}],
  ['POST', '/csp-reports', { 'content-type': 'text/plain' }],
  ['GET', '/', { 'content-encoding': 'zip' }],
  ['OPTIONS', '/api/v1/products', { origin: 'https://evil.test' }],
]

/** Every kind of answer of a service: all routes with and without a session, as JSON and as page, and all faults. */
export async function everyAnswer(world: World, visitor: Visitor): Promise<readonly Said[]> {
  const said: Said[] = []
  const ask = async (method: string, path: string, headers: Readonly<Record<string, string>>) => {
    const what = `${method} ${path.slice(0, 80)} ${Object.keys(headers).join()}`
    said.push({ what, ...(await send(world.url, path, { method, headers })) })
  }
  const { cookie = '', 'user-agent': agent = '' } = visitor.headers
  for (const { method, path } of targetsOf(world)) {
    for (const accept of ['application/json', 'text/html']) {
      await ask(method, path, { accept })
      await ask(method, path, { accept, cookie, 'user-agent': agent })
      if (method === 'GET') await ask('HEAD', path, { accept })
    }
  }
  for (const [method, path, headers] of FAULTS) {
    for (const accept of ['application/json', 'text/html'])
      await ask(method, path, { ...headers, accept })
  }
  return [...said, ...(await unparsed(world))]
}

const RAW = [
  'GET / HTTP/1.1\r\nHost : x\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(17_000)}\r\n\r\n`,
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nExpect: the unexpected\r\nConnection: close\r\n\r\n',
  'TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
]

/** What is answered to requests that never become one. */
async function unparsed(world: World): Promise<readonly Said[]> {
  const port = Number(new URL(world.url).port)
  const answers = await Promise.all(
    RAW.map((bytes) => sendRaw(port, bytes, { patienceMs: 30_000 })),
  )
  return answers.map(({ status, text }, at) => {
    const [head = '', body = ''] = Buffer.from(text, 'latin1').toString().split('\r\n\r\n')
    const lines = head.split('\r\n').slice(1)
    const headers = lines.map((line) => /^([^:]+):\s*(.*)$/.exec(line)?.slice(1) ?? ['', ''])
    const named = headers.map(([name = '', value = '']) => [name.toLowerCase(), value] as const)
    return { what: `raw ${at}`, status, headers: Object.fromEntries(named), text: body, code: '' }
  })
}
