import { spawn } from 'node:child_process'
import { shellEnvironment } from '../shell-environment.ts'

/** How a program ended, and all that it printed. */
export interface Ended {
  /** Exit code, or the code of the fault for one that could not be started: `ENOENT`. */
  readonly code: number | string
  readonly said: string
}

/** Of a program that never stops talking, the end. */
const LONGEST = 100_000

/** Runs a program in a folder as a person in their own shell would, and keeps what it prints. */
export function runQuietly(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<Ended> {
  // Windows knows a package manager as a .cmd, which only a shell finds; nothing here is a person's text.
  const options = { cwd: folder, env: shellEnvironment(), shell: process.platform === 'win32' }
  const child = spawn(program, [...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-LONGEST)
    })
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ code: error.code ?? 1, said: error.message }),
    )
    child.once('close', (code, signal) => resolve({ code: code ?? signal ?? 1, said }))
  })
}
