import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../../packages/plinth/src/dev/index.ts'

const PATIENCE_MS = 300_000

/** A development command that is ready. */
export interface RunningDev extends AsyncDisposable {
  readonly url: string
  /** What it printed so far. */
  printed(): string
  /** Ctrl-C; answers the exit code. */
  stop(): Promise<number | null>
}

/** What to run, and where; `--port` is added. */
export interface DevCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/** Runs a development command on a free port, until it says that it is ready. */
export async function startDev({ program, args, cwd, env }: DevCommand): Promise<RunningDev> {
  const port = await freePort()
  const child = spawn(program, [...args, '--port', `${port}`], {
    cwd,
    // The database of the tests must not become the service's.
    env: { ...env, PLINTH_TEST_POSTGRES_URL: '', CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = once(child, 'exit')
  const printed = await ready(child)
  const stop = async () => {
    interrupt(child)
    await ended
    return child.exitCode
  }
  return {
    // Not what was asked for, should somebody have taken that meanwhile.
    url: /Service +(\S+)/.exec(printed())?.[1] ?? `http://localhost:${port}`,
    printed,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

/** Ctrl-C reaches every process of the terminal's group, npm and what it runs alike. */
function interrupt({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGINT')
}

function ready(child: ChildProcess): Promise<() => string> {
  let printed = ''
  const { promise, resolve, reject } = Promise.withResolvers<() => string>()
  const fail = (why: string) => reject(new Error(`plinth dev ${why}:\n${printed}`))
  const timer = setTimeout(() => fail('was not ready in time'), PATIENCE_MS)
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (/\bReady\.[\s\S]*Ctrl-C/.test(printed)) resolve(() => printed)
    })
  }
  child.once('exit', (code) => fail(`ended with ${code}`))
  return promise.finally(() => clearTimeout(timer))
}
