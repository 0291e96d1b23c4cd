import type { Child } from './children.ts'
import type { LoadOptions } from './load.ts'
import { stayAwake } from './load.ts'
import { cpuOf, takeTurns, timesRatio } from './measure.ts'
import type { Figure } from './start-up.ts'

/** A credential whose cost is measured. */
interface Credential extends Pick<Figure, 'name' | 'title' | 'target'> {
  readonly headers: readonly string[]
  /** What the same caller sends without it. */
  readonly without: readonly string[]
}

/** What a session costs. */
export function measureSession(server: Child, options: LoadOptions): Promise<readonly Figure[]> {
  const title = 'a route for people who are signed in, in the cost of the same one open'
  const credential = {
    name: 'session',
    title,
    target: 1.15,
    headers: server.session,
    without: server.visitor,
  }
  return measureCredential(server, options, credential)
}

/** What an API key costs. */
export function measureKey(server: Child, options: LoadOptions): Promise<readonly Figure[]> {
  const title = 'the same route with an API key, in the cost of the same one open'
  return measureCredential(server, options, {
    name: 'key',
    title,
    target: 1.15,
    headers: server.key,
    without: [],
  })
}

/** What an access token costs that was verified before. */
export function measureBearer(server: Child, options: LoadOptions): Promise<readonly Figure[]> {
  const title = 'the same route with a token of another issuer, in the cost of the same one open'
  return measureCredential(server, options, {
    name: 'bearer',
    title,
    target: 1.2,
    headers: server.bearer,
    without: [],
  })
}

/**
 * The same route open to everybody, and for whoever is somebody: what an answer costs in time under
 * load, and of the server's processor. The two take turns on one server.
 */
async function measureCredential(
  server: Child,
  options: LoadOptions,
  { headers, without, ...figure }: Credential,
): Promise<readonly Figure[]> {
  const turn = (name: string, path: string, headers: readonly string[]) => {
    const text = [`GET ${path} HTTP/1.1`, 'host: localhost', ...headers, '', ''].join('\r\n')
    return { name, server, shot: { port: server.port, request: () => text } }
  }
  using _awake = stayAwake()
  const turns = [turn('open', '/open', without), turn('credential', '/signed-in', headers)]
  const [open, signedIn] = await takeTurns(turns, options, `answers to the case ${figure.name}`)
  if (open === undefined || signedIn === undefined) throw new TypeError('there were no two turns')
  const processor = `${figure.title}, processor time`
  return [
    { ...figure, value: timesRatio(signedIn, open), unit: '×' },
    { ...figure, title: processor, value: cpuOf(signedIn) / cpuOf(open), unit: '×' },
  ]
}
