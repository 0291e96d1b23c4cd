import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { markOf, type ProcessMark } from './process-stamp.ts'

/** What runs, where, and who hears what it says. */
export interface ServerCommand {
  readonly service: string
  /** Entry below the service: `src/main.ts`. */
  readonly entry: string
  readonly environment: NodeJS.ProcessEnv
  readonly output: (text: string) => void
}

/** One process of the service. */
export interface ServerProcess {
  readonly mark: ProcessMark | undefined
  /** Settles when it has ended: why, in words. */
  readonly ended: Promise<string>
  /** SIGTERM, and after the grace SIGKILL. */
  stop(graceMs: number): Promise<void>
}

/** A process that has loaded the runtime, or does, and waits with the service. */
export interface WaitingServer extends ServerProcess {
  /** Lets the service begin, with these variables beside those that it was started with. */
  begin(environment: NodeJS.ProcessEnv): void
}

const GUARD = fileURLToPath(new URL('../../bin/child-guard.js', import.meta.url))

/** Starts a process of the service; it ends when this process does, however that happens. */
export function startServerProcess(command: ServerCommand): ServerProcess {
  const server = startWaitingServer(command)
  server.begin({})
  return server
}

/**
 * Starts a process that loads the runtime meanwhile and begins when it is told.
 * @param command its variables are those that are known already
 */
export function startWaitingServer(command: ServerCommand): WaitingServer {
  const child = spawn(process.execPath, ['--import', GUARD, command.entry], {
    cwd: command.service,
    env: command.environment,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C reaches the supervisor, which asks the server once, in order.
    detached: process.platform !== 'win32',
  })
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', command.output)
  const ended = endOf(child)
  return {
    mark: child.pid === undefined ? undefined : markOf(child.pid),
    ended,
    stop: (graceMs) => stop(child, ended, graceMs),
    // One that has ended hears nothing; `ended` tells.
    begin: (environment) => void child.send({ environment }, () => undefined),
  }
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, 'close')
    return signal === null ? `exit code ${code}` : `signal ${signal}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function stop(child: ChildProcess, ended: Promise<string>, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const patience = new AbortController()
  const late = sleep(graceMs, 'late', { signal: patience.signal }).catch(() => 'ended')
  const first = await Promise.race([ended, late])
  patience.abort()
  if (first === 'late') child.kill('SIGKILL')
  await ended
}
