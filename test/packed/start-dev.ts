import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'
import { type Consumer, pinnedEnvironment } from './consumer.ts'

const PATIENCE_MS = 120_000

/** `plinth dev` of a service, ready. */
export interface RunningDev extends AsyncDisposable {
  readonly url: string
  /** Ctrl-C; answers the exit code. */
  stop(): Promise<number | null>
}

/** Runs `plinth dev` in the service on a free port, until it says that it is ready. */
export async function startDev(consumer: Consumer): Promise<RunningDev> {
  const port = await freePort()
  const plinth = path.join(consumer.service, 'node_modules', '.bin', 'plinth')
  const child = spawn(process.execPath, [plinth, 'dev', '--port', `${port}`], {
    cwd: consumer.service,
    // The database of the tests must not become the service's.
    env: { ...pinnedEnvironment(), PLINTH_TEST_POSTGRES_URL: '', CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await ready(child)
  const stop = async () => {
    if (child.exitCode !== null) return child.exitCode
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    await ended
    return child.exitCode
  }
  return {
    url: `http://localhost:${port}`,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

function ready(child: ChildProcess): Promise<void> {
  let printed = ''
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const fail = (why: string) => reject(new Error(`plinth dev ${why}:\n${printed}`))
  const timer = setTimeout(() => fail('was not ready in time'), PATIENCE_MS)
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      if (/\bReady\./.test(printed)) resolve()
    })
  }
  child.once('exit', (code) => fail(`ended with ${code}`))
  return promise.finally(() => clearTimeout(timer))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}
