import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ROOT = path.resolve(import.meta.dirname, '../..')

/** The program behind `plinth`, from this repository. */
export const PROGRAM = path.join(ROOT, 'packages/cli/bin/plinth.js')

/** How a program ended. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A service on disk and in git, with this repository's packages installed in it. */
export interface Service extends AsyncDisposable {
  readonly folder: string
  /** Runs a program in the service; a bad end is an answer. */
  run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome>
  /** Runs git in the service and gives what it printed. @throws Error when it refuses */
  git(...args: readonly string[]): Promise<string>
  plinth(...args: readonly string[]): Promise<Outcome>
}

/** Who commits in tests, whatever the machine says. */
const AUTHOR = {
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'ana@shelf.example',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'ana@shelf.example',
  GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}

/**
 * Makes a service of texts by path, with one commit on the branch `main`.
 * @param place folder of the service below the root of the repository; the root by default
 */
export async function makeService(
  files: ReadonlyMap<string, string>,
  place = '.',
): Promise<Service> {
  const root = await mkdtemp(path.join(tmpdir(), 'plinth-update-'))
  await write(root, files)
  const folder = path.join(root, place)
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  const run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    execute(program, args, folder, env)
  const git = async (...args: readonly string[]) => {
    const { code, out, err } = await run('git', args)
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${err}${out}`)
    return out
  }
  await git('init', '--quiet', '--initial-branch=main', root)
  await writeFile(path.join(root, '.git/info/exclude'), 'node_modules\n')
  await git('add', '--all', root)
  await git('commit', '--quiet', '--message=As it is')
  return {
    folder,
    run,
    git,
    plinth: (...args) => run(process.execPath, [PROGRAM, ...args]),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

/** Writes texts by path below a folder. */
export async function write(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, text] of files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), text)
  }
}

/** Every text of a folder by path, without git's own and what is installed. */
export async function snapshot(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const walk = async (at: string): Promise<void> => {
    for (const entry of await readdir(at, { withFileTypes: true })) {
      if (entry.name === '.git' || entry.name === 'node_modules') continue
      const place = path.join(at, entry.name)
      if (entry.isDirectory()) await walk(place)
      else
        found.set(
          path.relative(folder, place).split(path.sep).join('/'),
          await readFile(place, 'utf8'),
        )
    }
  }
  await walk(folder)
  return found
}

function execute(
  program: string,
  args: readonly string[],
  cwd: string,
  more: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const env = { ...process.env, ...AUTHOR, NO_COLOR: '1', ...more }
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, maxBuffer: 2 ** 26 }, (error, out, err) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : 1
      resolve({ code, out: out.trim(), err: err.trim() })
    })
  })
}
