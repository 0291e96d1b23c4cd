import { spawn } from 'node:child_process'
import { withProgress } from '../progress.ts'
import { shellEnvironment } from '../shell-environment.ts'
import type { PackageManager } from '../template/answers.ts'
import { SPELLINGS } from '../template/spellings.ts'

/** What became of the service's packages. */
export type Installed =
  | { readonly code: 'installed' }
  | { readonly code: 'left_to_you' }
  | { readonly code: 'failed'; readonly note: string }

const windows = process.platform === 'win32'
/** Of what a package manager says when it fails, the end is what matters. */
const LAST_LINES = 12

/** Installs the packages of a service, as a person in that folder would. */
export async function install(folder: string, packageManager: PackageManager): Promise<Installed> {
  const { install: command } = SPELLINGS[packageManager]
  const [program = packageManager, ...args] = command.split(' ')
  const { code, said } = await withProgress('Installing packages', run(program, args, folder))
  if (code === 0) return { code: 'installed' }
  const why =
    code === 'ENOENT'
      ? `${packageManager} was not found on this machine`
      : `\`${command}\` ended with ${code}:\n${said.trim().split('\n').slice(-LAST_LINES).join('\n')}\n`
  return {
    code: 'failed',
    note: `The service is there, but its packages are not: ${why}; put that right, then run \`${command}\` in ${folder}.`,
  }
}

/**
 * Writes `src/generated/` from the code, with the service's own command line.
 * @returns whether it is up to date now; not when this machine's Node is too old for the service
 */
export async function sync(folder: string, packageManager: PackageManager): Promise<boolean> {
  const [program = 'npx', ...args] = SPELLINGS[packageManager].exec.split(' ')
  const work = run(program, [...args, 'plinth', 'sync'], folder)
  return (await withProgress('Reading the routes', work)).code === 0
}

function run(program: string, args: readonly string[], cwd: string) {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  const child = spawn(program, args, { cwd, env: shellEnvironment(), shell: windows, stdio })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  return new Promise<{ code: number | string | null; said: string }>((done) => {
    child.once('error', (error: NodeJS.ErrnoException) => done({ code: error.code ?? 1, said }))
    child.once('close', (code) => done({ code, said }))
  })
}
