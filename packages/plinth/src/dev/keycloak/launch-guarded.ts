import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A program, and where what it says is written. */
export interface Launch {
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly logFile: string
}

/** A program that runs until it is stopped, or until this process is gone. */
export interface GuardedProcess {
  /** Number of the program itself. */
  readonly pid: number
  /** Settles when it has ended. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/**
 * Starts a program that must not outlive this process: a small guard between the two ends it, also
 * after this process was killed.
 * @throws Error when the program cannot be started
 */
export async function launchGuarded(launch: Launch): Promise<GuardedProcess> {
  mkdirSync(dirname(launch.logFile), { recursive: true })
  const log = openSync(launch.logFile, 'a', 0o600)
  const type = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const program = fileURLToPath(new URL(`./process-guard.${type}`, import.meta.url))
  const guard = spawn(process.execPath, [program, launch.program, ...launch.args], {
    env: launch.env,
    stdio: ['ignore', log, log, 'ipc'],
    // A group of its own: Ctrl-C reaches this process, which ends the program in order.
    detached: process.platform !== 'win32',
  })
  closeSync(log)
  const ended = new Promise<void>((resolve) => {
    guard.once('exit', () => resolve())
    guard.once('error', () => resolve())
  })
  const pid = await started(guard, launch)
  const stop = async () => {
    if (guard.connected) guard.disconnect()
    await ended
  }
  return { pid, ended, stop }
}

function started(guard: ChildProcess, { program, logFile }: Launch): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (reason: string) =>
      reject(new Error(`${program} does not start: ${reason}; see ${logFile}.`))
    guard.once('message', (said: { readonly pid?: number; readonly fault?: string }) => {
      if (said.pid === undefined) refuse(said.fault ?? 'it has no process')
      else resolve(said.pid)
    })
    guard.once('error', (error) => refuse(error.message))
    guard.once('exit', (code) => refuse(`it ended with ${code}`))
  })
}
