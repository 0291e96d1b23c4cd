import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../packages/plinth/src/dev/index.ts'
import { ROOT } from '../gates/source/files.ts'
import { succeeds } from './new-service.ts'

const PATIENCE_MS = 180_000
const POLL_MS = 100

/** A registry on the loopback interface, which has our packages and passes on questions about all others. */
export interface LocalRegistry extends AsyncDisposable {
  readonly url: string
  /** Publishes a tarball, as `npm publish` does. */
  publish(tarball: string): Promise<void>
}

/**
 * Starts one.
 * @param folder empty folder for what it keeps
 */
export async function startRegistry(folder: string): Promise<LocalRegistry> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const config = path.join(folder, 'config.yaml')
  const args = ['config', 'get', 'registry']
  const machines = (await succeeds({ program: 'npm', args, cwd: folder })).trim()
  await writeFile(config, configFor(machines))
  const userconfig = path.join(folder, 'npmrc')
  await writeFile(userconfig, `//127.0.0.1:${port}/:_authToken=anybody\n`)
  const program = path.join(ROOT, 'node_modules/verdaccio/bin/verdaccio')
  const server = spawn(
    process.execPath,
    [program, '--config', config, '--listen', `127.0.0.1:${port}`],
    {
      stdio: 'ignore',
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  )
  const gone = once(server, 'exit')
  await Promise.race([
    answers(`${url}/-/ping`),
    gone.then(() => assert.fail('the registry ended before it answered')),
  ])
  return {
    url,
    async publish(tarball) {
      const command = ['publish', tarball, '--registry', url, '--access', 'public']
      const env = { npm_config_userconfig: userconfig }
      await succeeds({ program: 'npm', args: command, cwd: folder, env })
    },
    async [Symbol.asyncDispose]() {
      server.kill()
      await gone
    },
  }
}

/**
 * What is ours is never looked for elsewhere, where those names may be anybody's. The registry behind it may be slow, or
 * fail for a moment: without these words two such moments would end all questions for five minutes.
 */
const configFor = (machines: string) => `
storage: ./storage
uplinks:
  machine:
    url: ${machines}
    timeout: 120s
    max_fails: 50
    fail_timeout: 1s
packages:
  '@plinth/*': { access: $all, publish: $all }
  plinth: { access: $all, publish: $all }
  create-plinth: { access: $all, publish: $all }
  '**': { access: $all, proxy: machine }
log: { type: stdout, format: json, level: error }
`

async function answers(url: string): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const { ok } = await fetch(url).catch(() => ({ ok: false }))
    if (ok) return
    if (performance.now() > until) throw new Error(`${url} did not answer in time`)
    await sleep(POLL_MS)
  }
}
