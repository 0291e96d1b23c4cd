import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freePort } from './free-port.ts'

/**
 * A free port for one of the services of a development environment: the one of the last run if it
 * can be had. The issuer contains the provider's port, and people are known by issuer and subject
 * (D8): another port would make everybody a stranger.
 */
export async function rememberedPort(home: string, name: string, first: number): Promise<number> {
  const file = join(home, 'ports.json')

  const port = await freePort(read(file)[name] ?? first)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ ...read(file), [name]: port }, null, 2)}\n`)
  return port
}

const TRIES = 5

/**
 * Starts what listens on remembered ports. Between the look for a free port and the listening another
 * environment may take it: then everything is looked for again.
 * @param start looks for its ports each time that it is called
 * @throws what `start` throws, when that is not a port that is taken, or the fifth in a row
 */
export async function listening<T>(start: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start()
    } catch (error) {
      if (tries === TRIES || !isTaken(error)) throw error
    }
  }
}

function isTaken(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
}

function read(file: string): Readonly<Record<string, number>> {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof found !== 'object' || found === null) return {}
    return Object.fromEntries(Object.entries(found).filter(([, port]) => Number.isInteger(port)))
  } catch {
    return {}
  }
}
