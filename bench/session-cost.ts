import type { Child } from './children.ts'
import type { LoadOptions } from './load.ts'
import { load } from './load.ts'
import { median } from './measure.ts'
import type { Figure } from './start-up.ts'

const ROUNDS = 5

/**
 * What a session costs: the same route open to everybody, and for people who are signed in. The two
 * take turns on one server; the figure is the median of the rounds.
 */
export async function measureSession(
  { port, session }: Child,
  options: LoadOptions,
): Promise<readonly Figure[]> {
  const shot = (path: string, headers: readonly string[]) => {
    const text = [`GET ${path} HTTP/1.1`, 'host: localhost', ...headers, '', ''].join('\r\n')
    return { port, request: () => text }
  }
  const shots = [shot('/open', []), shot('/signed-in', session)]
  for (const one of shots) await load(one, { ...options, seconds: 0.7 })
  const costs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const [open = 0, signedIn = 0] = await inTurn(shots, options)
    costs.push(open / signedIn)
  }
  return [
    {
      name: 'session',
      title: 'a route for people who are signed in, in the cost of the same one open',
      value: median(costs),
      unit: '×',
      target: 1.15,
    },
  ]
}

async function inTurn(
  shots: readonly Parameters<typeof load>[0][],
  options: LoadOptions,
): Promise<readonly number[]> {
  const reached: number[] = []
  for (const shot of shots) {
    const { perSecond, errors } = await load(shot, options)
    if (errors > 0) throw new Error(`${errors} answers to the session's case were not 2xx`)
    reached.push(perSecond)
  }
  return reached
}
