// Loaded before a service that `plinth dev` runs: when the supervisor is gone, however it went,
// the service ends as well and gives its port back. The runtime is loaded while the supervisor starts
// what the service needs; the service itself begins when it is told its variables.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const IMPORTED = /\bimport\s*(?:[^'"]*\bfrom\s*)?\(?\s*['"]([^'"]+)['"]/g
// Whoever imports more may want to be there before the runtime is, as tracing does.
const ORDINARY = /^(plinth(\/.+)?|\.\/generated\/registry\.ts)$/

process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
const told = new Promise((begin) => process.once('message', begin))
// Whatever is wrong with the service or its runtime, the service itself says it better.
await loadRuntime(resolve(process.argv[1])).catch(() => undefined)
const { environment } = await told
Object.assign(process.env, environment)
process.channel?.unref()

async function loadRuntime(entry) {
  const imports = [...readFileSync(entry, 'utf8').matchAll(IMPORTED)]
  if (imports.length === 0 || !imports.every(([, name]) => ORDINARY.test(name))) return
  const runtime = createRequire(entry).resolve('plinth/server')
  await import(pathToFileURL(runtime).href)
}
