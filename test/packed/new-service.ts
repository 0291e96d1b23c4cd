import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { shellEnvironment } from '../../packages/cli/src/shell-environment.ts'
import { ROOT } from '../gates/source/files.ts'

/** The command as a checkout has it. */
export const PLINTH = path.join(ROOT, 'packages/cli/bin/plinth.js')

/** How a command ended, whatever it was. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What to run, and where. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Added to a person's own shell. */
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a command in a person's own shell, where `node` is the version that services ask for. */
export function ended({ program, args, cwd, env = {} }: Command): Promise<Ended> {
  const options = { cwd, env: { ...servicesShell(), ...env }, maxBuffer: 2 ** 26 }
  return new Promise((resolve) => {
    execFile(program, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ code, stdout, stderr: stderr || (error?.message ?? '') })
    })
  })
}

/** The same, and it must succeed; answers what it printed. */
export async function succeeds(command: Command): Promise<string> {
  const { code, stdout, stderr } = await ended(command)
  if (code === 0) return stdout
  throw new Error(`${command.args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`)
}

/** A registry that fails for a moment is asked again, more often than npm does by itself. */
export const PATIENT_NPM = { npm_config_fetch_retries: '6' } as const

/** A person's own shell, with a name for git. */
export function servicesShell(): NodeJS.ProcessEnv {
  const shell = shellEnvironment()
  const folders = [path.dirname(process.execPath), shell['PATH'] ?? '']
  const who = { NAME: 'Ana', EMAIL: 'ana@example.com' }
  const identity = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
    Object.entries(who).map(([what, value]) => [`GIT_${role}_${what}`, value]),
  )
  return {
    ...shell,
    ...Object.fromEntries(identity),
    PATH: folders.join(path.delimiter),
    CI: 'true',
    ...PATIENT_NPM,
  }
}

/** An empty folder that is gone afterwards. */
export async function emptyFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-new-'))
  await mkdir(folder, { recursive: true })
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
