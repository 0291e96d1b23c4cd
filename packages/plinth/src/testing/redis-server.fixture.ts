import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { pingRedis } from '../cache/index.ts'
import { freePort } from '../dev/index.ts'

/** A Redis of its own, which a test may stop, freeze, empty and break. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string
  /** kill -9. */
  kill(): Promise<void>
  /** Starts it again on the same port, empty. */
  start(): Promise<void>
  /** It keeps its port and its connections, and does nothing. */
  freeze(): void
  thaw(): void
  /** Says something to it, past the service. */
  say(...words: readonly [string, ...string[]]): Promise<unknown>
}

/** Where redis-server is installed; undefined where it is not. */
export function redisPath(): string | undefined {
  const named = process.env['PLINTH_TEST_REDIS']
  if (named !== undefined) return named === '' ? undefined : named
  return ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @param program path of redis-server */
export async function startRedis(program: string): Promise<RedisServer> {
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}/0`
  const folder = await mkdtemp(join(tmpdir(), 'plinth-redis-'))
  let child = await launch(program, { port, folder, url })
  const kill = async () => {
    const gone =
      child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return {
    url,
    kill,
    start: async () => {
      child = await launch(program, { port, folder, url })
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    say: async (command, ...words) => {
      const client = new Redis(url)
      try {
        return await client.call(command, ...words)
      } finally {
        client.disconnect()
      }
    },
    async [Symbol.asyncDispose]() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Place {
  readonly port: number
  readonly folder: string
  readonly url: string
}

async function launch(program: string, { port, folder, url }: Place): Promise<ChildProcess> {
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn(program, [...words, '--dir', folder], { stdio: 'ignore' })
  const gone = once(child, 'exit').then(() => {
    throw new Error('redis-server did not start')
  })
  gone.catch(() => undefined)
  for (;;) {
    const there = pingRedis(url).then(
      () => true,
      () => false,
    )
    if (await Promise.race([there, gone])) return child
    await Promise.race([sleep(20), gone])
  }
}
