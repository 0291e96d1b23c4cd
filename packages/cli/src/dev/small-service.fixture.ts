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
