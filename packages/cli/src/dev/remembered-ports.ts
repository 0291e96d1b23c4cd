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

function read(file: string): Readonly<Record<string, number>> {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof found !== 'object' || found === null) return {}
    return Object.fromEntries(Object.entries(found).filter(([, port]) => Number.isInteger(port)))
  } catch {
    return {}
  }
}
