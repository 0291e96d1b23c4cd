import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { newToken } from '../../packages/plinth/src/kernel/index.ts'
import { ROOT } from '../gates/source/files.ts'

const run = promisify(execFile)
const PROGRAM = path.join(ROOT, 'packages/cli/bin/plinth.js')
const PARTS = ['src', 'migrations', 'config.yaml', 'package.json', 'tsconfig.json']

/** One version of a service, in a folder of its own. */
export interface ServiceVersion extends AsyncDisposable {
  /** What a process of this version runs. */
  readonly main: string
  /** The next version: this one after one command of `plinth`. */
  next(...command: readonly string[]): Promise<ServiceVersion>
  /** `plinth db upgrade`, as the owner of a database. */
  migrate(urls: { readonly appUrl: string; readonly ownerUrl: string }): Promise<void>
}

/** The template as it is: the version that everything begins with. */
export function firstVersion(): Promise<ServiceVersion> {
  return copyOf(path.join(ROOT, 'template'))
}

async function copyOf(from: string): Promise<ServiceVersion> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-version-'))
  for (const part of PARTS)
    await cp(path.join(from, part), path.join(folder, part), { recursive: true })
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  return {
    main: path.join(folder, 'src/main.ts'),
    async next(...command) {
      const next = await copyOf(folder)
      await plinth(path.dirname(path.dirname(next.main)), command)
      return next
    },
    async migrate({ appUrl, ownerUrl }) {
      const secrets = { SESSION_SIGNING_SECRET: newToken(), CSRF_SIGNING_SECRET: newToken() }
      const urls = { DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl }
      await plinth(folder, ['db', 'upgrade'], { ...secrets, ...urls })
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function plinth(
  cwd: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await run(process.execPath, [PROGRAM, ...command], { cwd, env: { ...process.env, ...env } })
}
