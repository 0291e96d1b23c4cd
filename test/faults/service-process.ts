import { type ChildProcess, spawn } from 'node:child_process'
import { channel } from 'node:diagnostics_channel'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '../../packages/plinth/src/dev/index.ts'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { until } from '../../packages/plinth/src/testing/until.ts'

const MAIN = path.join(import.meta.dirname, 'service/main.ts')
const PATIENCE_MS = 120_000
/** What is said here is shown when the test fails. */
const testLog = channel('plinth:test-log')

/** How a process is started. */
export interface ProcessOptions {
  /** Lends its database, its secrets, and with them the sessions that it makes. */
  readonly world: World
  /** Settings by room, over those of the tests. */
  readonly settings?: Readonly<Record<string, object>>
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
  /** What it runs; the service of the fault tests by default. */
  readonly main?: string
  /** Where its standard output goes; a pipe that is read by default. */
  readonly stdout?: 'pipe' | number
  /** `listening` by default; `spawned` returns at once. */
  readonly wait?: 'listening' | 'spawned'
}

/** A service in a process of its own. */
export interface ServiceProcess extends AsyncDisposable {
  readonly child: ChildProcess
  readonly pid: number
  readonly port: number
  readonly url: string
  /** Parsed lines of its log. */
  readonly events: readonly Readonly<Record<string, unknown>>[]
  /** What it wrote to standard error. */
  readonly errors: () => string
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
}

/** Starts a service beside those that run. */
export async function startProcess(options: ProcessOptions): Promise<ServiceProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-fault-'))
  const port = options.port ?? (await freePort())
  await writeFile(path.join(folder, 'config.yaml'), JSON.stringify(configOf(options, port)))
  const args = ['--conditions=plinth-source', options.main ?? MAIN]
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { NODE_COMPILE_CACHE: compileCache(), ...options.env },
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
  })
  const events: Record<string, unknown>[] = []
  const errors: string[] = []
  child.stderr?.on('data', (text) => errors.push(String(text)))
  readLines(child, (line) => {
    events.push(JSON.parse(line))
    testLog.publish(line)
  })
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    // Not its exit: what it wrote last may be read after that.
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
  })
  const service = {
    child,
    pid: child.pid ?? 0,
    port,
    url: `http://127.0.0.1:${port}`,
    events,
    errors: () => errors.join(''),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
  if (options.wait === 'spawned') return service
  try {
    await listening(service)
    return service
  } catch (error) {
    await service[Symbol.asyncDispose]()
    throw error
  }
}

/** One folder for all: the second start then costs a third of the first. */
export const compileCache = (): string => path.join(tmpdir(), 'plinth-fault-compile-cache')

const roomyQuota = { requests: 1_000_000 }
/** Load comes from one address; a test about limits says its own figures. */
const roomy = { ...roomyQuota, per_address: roomyQuota, per_principal: roomyQuota }

function configOf({ world, settings = {} }: ProcessOptions, port: number): object {
  const { app } = world.service.config
  const base: Record<string, object> = {
    app: {
      host: '127.0.0.1',
      port,
      environment: 'test',
      base_url: app.base_url,
      session_signing_secret: app.session_signing_secret.reveal(),
      csrf_signing_secret: app.csrf_signing_secret.reveal(),
    },
    database: { url: world.testDatabase.appUrl, pool_size: 4 },
    jobs: { poll_interval_ms: 50 },
    logging: { file: null },
    rate_limiter: roomy,
  }
  for (const [room, keys] of Object.entries(settings)) base[room] = { ...base[room], ...keys }
  return { config: base }
}

function readLines(child: ChildProcess, take: (line: string) => void): void {
  let rest = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}

async function listening({ url, child, errors }: ServiceProcess): Promise<void> {
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${errors()}`)
    return (await statusOf(`${url}/health/live`)) === 200
  }, PATIENCE_MS)
}

/** Status of an address; the error code of the socket when there was no answer. */
export async function statusOf(url: string, init: RequestInit = {}): Promise<number | string> {
  try {
    const answer = await fetch(url, init)
    await answer.arrayBuffer()
    return answer.status
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    return cause instanceof Error && 'code' in cause ? String(cause.code) : String(error)
  }
}
