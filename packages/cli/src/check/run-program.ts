import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const LONGEST_MS = 300_000

/** What a program said, and how it ended. */
export interface Said {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A program that the service's packages brought along; undefined where they did not. */
export function programOf(service: string, name: string): string | undefined {
  const program = process.platform === 'win32' ? `${name}.cmd` : name
  const file = join(service, 'node_modules', '.bin', program)
  if (existsSync(file)) return file
  const above = dirname(service)
  return above === service ? undefined : programOf(above, name)
}

/** Runs a program in the folder of the service to its end. */
export function runProgram(
  service: string,
  program: string,
  args: readonly string[],
): Promise<Said> {
  const child = spawn(program, args, {
    cwd: service,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
    shell: process.platform === 'win32',
  })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, ...said }))
  })
}
