import { randomInt } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The program behind `plinth`. */
export const PROGRAM = fileURLToPath(new URL('../../bin/plinth.js', import.meta.url))

/** `src/main.ts` of the smallest service: it tells its variables, as the real one would read them. */
export const MAIN = `
import { createServer } from 'node:http'
const server = createServer((request, response) => response.end(JSON.stringify(process.env)))
server.listen(Number(process.env.APP_PORT), 'localhost')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`

const SECRETS = `    session_signing_secret: \${SESSION_SIGNING_SECRET:?run plinth dev}
    csrf_signing_secret: \${CSRF_SIGNING_SECRET:?run plinth dev}
`
const DATABASE = `  database:
    url: \${DATABASE_URL:?run plinth dev}
`

/** A config.yaml that takes what `plinth dev` brings along. */
export const CONFIG = `config:
  app:
${SECRETS}${DATABASE}`

/** Where the services of this process wish to be: the usual port is wished for by others that start meanwhile. */
export const WISHED_PORT = randomInt(10_000, 32_000)

/** The same for one that is served, where `plinth dev` says. */
export const SERVED_CONFIG = `config:
  app:
    port: \${APP_PORT:-${WISHED_PORT}}
    base_url: \${BASE_URL:-http://localhost:${WISHED_PORT}}
${SECRETS}${DATABASE}`

/** The smallest service with this config.yaml, in a folder of its own until `remove()`. */
export function smallService(config: string): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-small-'))
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'package.json'), '{ "name": "small", "type": "module" }')
  writeFileSync(join(folder, 'config.yaml'), config)
  writeFileSync(join(folder, 'src/main.ts'), MAIN)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
