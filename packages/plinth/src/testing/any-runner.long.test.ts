import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

// What a test of any runner would hold, with no runner at all.
const SCRIPT = `
  import { startWorld } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
  {
    await using world = await startWorld({ features: [] })
    const ana = await world.signIn('ana')
    const me = await ana.get('/auth/web/me')
    process.stdout.write(JSON.stringify([me.status, me.body.authenticated]))
  }
`

test('a world starts and ends outside of any test runner, and keeps no process alive', async () => {
  const args = ['--conditions=plinth-source', '--input-type=module', '-e', SCRIPT]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (text) => {
    out += text
  })
  const late = setTimeout(() => child.kill('SIGKILL'), 120_000)
  const [code, signal] = await once(child, 'close')
  clearTimeout(late)
  assert.deepEqual([code, signal], [0, null])
  assert.deepEqual(JSON.parse(out), [200, true])
})
