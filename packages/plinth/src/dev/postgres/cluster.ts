import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { userInfo } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { ServerAccount } from './account.ts'
import type { Binaries } from './binaries.ts'
import { canEnter, commonPlace, nameFor } from './reach.ts'

const run = promisify(execFile)

/** One PostgreSQL cluster on disk: `data/`, `password` (mode 0600) and `server.log`. */
export interface Cluster {
  readonly home: string
  readonly data: string
  readonly password: string
  readonly account: ServerAccount | undefined
  readonly binaries: Binaries
}

/** What it takes to make or find a cluster. */
export interface ClusterPlace {
  readonly dataDir: string
  readonly account: ServerAccount | undefined
  readonly binaries: Binaries
  readonly log: (sentence: string) => void
}

/** Finds the cluster of a folder, and makes it when it is not there yet. */
export async function openCluster(place: ClusterPlace): Promise<Cluster> {
  const { account, binaries } = place
  const home = await homeOf(place)
  await assertOurs(home, account)
  if (!(await isMade(home))) await makeCluster(home, place)
  const password = (await readFile(join(home, 'password'), 'utf8')).trim()
  return { home, data: join(home, 'data'), password, account, binaries }
}

/** Whether a cluster was made for a folder. */
export async function hasCluster(place: Omit<ClusterPlace, 'binaries'>): Promise<boolean> {
  return isMade(await homeOf(place))
}

function isMade(home: string): Promise<boolean> {
  return exists(join(home, 'data', 'PG_VERSION'))
}

/** The folder itself, or one named for it in a common place when the server's user cannot enter. */
async function homeOf({ dataDir, account, log }: Omit<ClusterPlace, 'binaries'>): Promise<string> {
  const wanted = resolve(dataDir)
  await mkdir(dirname(wanted), { recursive: true })
  if (await canEnter(dirname(wanted), account)) return wanted
  const home = join(await commonPlace(), `data-${nameFor(wanted)}`)
  if (!(await exists(home))) {
    log(`Keeping the database in ${home}: the system user "postgres" cannot enter ${wanted}.`)
  }
  return home
}

/** In a folder that everybody writes to, somebody else could have put a cluster of his there. */
async function assertOurs(home: string, account: ServerAccount | undefined): Promise<void> {
  const found = await lstat(home).catch(() => undefined)
  const uid = account?.uid ?? userInfo().uid
  if (found === undefined || process.platform === 'win32' || found.uid === uid) return
  throw new Error(`${home} belongs to another user; remove it, or name another folder.`)
}

/**
 * Made aside and renamed: whoever comes second finds a whole cluster, never half of one, and a
 * killed process leaves nothing that looks like one.
 */
async function makeCluster(home: string, { account, binaries }: ClusterPlace): Promise<void> {
  await sweep(home)
  const aside = `${home}.new-${process.pid}-${randomBytes(4).toString('hex')}`
  await mkdir(aside, { mode: 0o700 })
  const password = join(aside, 'password')
  await writeFile(password, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  if (account !== undefined) {
    await chown(aside, account.uid, account.gid)
    await chown(password, account.uid, account.gid)
  }
  try {
    await run(binaries.initdb, [...INITDB, `--pwfile=${password}`, join(aside, 'data')], {
      ...account,
      cwd: aside,
      env: serverEnvironment(),
    })
    await moveInto(aside, home)
  } catch (cause) {
    await rm(aside, { recursive: true, force: true })
    throw new Error(`PostgreSQL could not make its data folder ${home}: ${lastLine(cause)}`, {
      cause,
    })
  }
}

/** The builtin provider sorts alike on every system and needs no locale of the machine. */
const INITDB = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--no-sync',
  '--no-instructions',
]

async function moveInto(aside: string, home: string): Promise<void> {
  try {
    await rename(aside, home)
  } catch (error) {
    if (!(await isMade(home))) throw error
    await rm(aside, { recursive: true, force: true })
  }
}

/** Removes what a process that was killed while making a cluster left behind. */
async function sweep(home: string): Promise<void> {
  const prefix = `${basename(home)}.new-`
  for (const name of await readdir(dirname(home))) {
    if (!name.startsWith(prefix)) continue
    const pid = Number(name.slice(prefix.length).split('-')[0])
    if (!isAlive(pid)) await rm(join(dirname(home), name), { recursive: true, force: true })
  }
}

/** Whether a process with this id runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The shell's own PG* and LC_* settings must not steer this server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP, TMP } = process.env
  return { PATH, SystemRoot, TEMP, TMP, LC_ALL: 'C' }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

function lastLine(cause: unknown): string {
  const text = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause)
  return text.trim().split('\n').at(-1) ?? 'no reason given'
}
