import type { Child } from './children.ts'
import type { LoadOptions } from './load.ts'
import { load } from './load.ts'
import { median } from './measure.ts'
import type { Figure } from './start-up.ts'

const ROUNDS = 5

/** A credential whose cost is measured. */
interface Credential extends Pick<Figure, 'name' | 'title' | 'target'> {
  readonly headers: readonly string[]
}

/** What a session costs. */
export function measureSession(
  { port, session }: Child,
  options: LoadOptions,
): Promise<readonly Figure[]> {
  const title = 'a route for people who are signed in, in the cost of the same one open'
  const credential = { name: 'session', title, target: 1.15, headers: session }
  return measureCredential(port, options, credential)
}

/** What an API key costs. */
export function measureKey({ port, key }: Child, options: LoadOptions): Promise<readonly Figure[]> {
  const title = 'the same route with an API key, in the cost of the same one open'
  return measureCredential(port, options, { name: 'key', title, target: 1.15, headers: key })
}

/** What an access token costs that was verified before. */
export function measureBearer(
  { port, bearer }: Child,
  options: LoadOptions,
): Promise<readonly Figure[]> {
  const title = 'the same route with a token of another issuer, in the cost of the same one open'
  return measureCredential(port, options, { name: 'bearer', title, target: 1.2, headers: bearer })
}

/**
 * The same route open to everybody, and for whoever is somebody. The two take turns on one server;
 * the figure is the median of the rounds.
 */
async function measureCredential(
  port: number,
  options: LoadOptions,
  { headers, ...figure }: Credential,
): Promise<readonly Figure[]> {
  const shot = (path: string, headers: readonly string[]) => {
    const text = [`GET ${path} HTTP/1.1`, 'host: localhost', ...headers, '', ''].join('\r\n')
    return { port, request: () => text }
  }
  const shots = [shot('/open', []), shot('/signed-in', headers)]
  for (const one of shots) await load(one, { ...options, seconds: 0.7 })
  const costs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const [open = 0, signedIn = 0] = await inTurn(shots, options)
    costs.push(open / signedIn)
  }
  return [{ ...figure, value: median(costs), unit: '×' }]
}

async function inTurn(
  shots: readonly Parameters<typeof load>[0][],
  options: LoadOptions,
): Promise<readonly number[]> {
  const reached: number[] = []
  for (const shot of shots) {
    const { perSecond, errors } = await load(shot, options)
    if (errors > 0) throw new Error(`${errors} answers to a credential's case were not 2xx`)
    reached.push(perSecond)
  }
  return reached
}
