import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SUPERVISOR = new URL('./run-server.ts', import.meta.url).href
const CLI = fileURLToPath(new URL('../..', import.meta.url))

test('a second start of plinth dev loads what serves the services, and not the rooms of the runtime', () => {
  const program = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
    await import(${JSON.stringify(SUPERVISOR)})
    await import('plinth/data')
    console.log(JSON.stringify(loaded))`
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: CLI,
    encoding: 'utf8',
  })
  const loaded: readonly string[] = JSON.parse(said)
  assert.ok(loaded.some((url) => url.includes('/plinth/src/data/')))
  const needless = loaded.filter((url) => /\/plinth\/src\/compose\/|\/fastify\/|\/yaml\//.test(url))
  assert.deepEqual(needless, [])
})
