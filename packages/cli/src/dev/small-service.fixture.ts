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

/** The smallest service with this config.yaml, in a folder of its own until `remove()`. */
export function smallService(config: string): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-small-'))
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'package.json'), '{ "name": "small", "type": "module" }')
  writeFileSync(join(folder, 'config.yaml'), config)
  writeFileSync(join(folder, 'src/main.ts'), MAIN)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
