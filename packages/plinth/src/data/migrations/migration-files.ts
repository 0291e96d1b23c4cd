import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NOTHING } from './migration-chain.ts'

/** One migration as it lies on disk. */
export interface Migration {
  readonly number: number
  /** `0001_house`: number and name as in the file's name. */
  readonly name: string
  /**
   * What the first line of the up file says that it comes after: a name, or `nothing`. Files from
   * before there was such a line come first, each after the one before it, and stay as they were
   * applied. Undefined where a later file has none.
   */
  readonly after: string | undefined
  readonly up: string
  readonly down: string
  /** SHA-256 of the up text, line ends taken as LF. */
  readonly hash: string
}

/** The platform's set, shipped with this package. */
export const PLATFORM_MIGRATIONS = fileURLToPath(new URL('./platform/', import.meta.url))

const AFTER = /^-- after: (\w+)[ \t\r]*(?:\n|$)/
const FILE = /^(\d{4})_([a-z0-9_]+)\.(up|down)\.sql$/

/**
 * Reads a folder of `NNNN_name.up.sql` and `.down.sql`, in order. A missing folder is an empty set.
 * @throws Error naming the file when a name leaves the grammar, or a half of a pair is missing
 */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder).catch(noFolder)).filter((file) => file.endsWith('.sql'))
  for (const file of names) {
    if (!FILE.test(file)) throw new Error(`${file} must look like 0001_what_it_does.up.sql`)
  }
  const ups = names.filter((file) => file.endsWith('.up.sql')).sort()
  const lonely = names.find((file) => file.endsWith('.down.sql') && !names.includes(upOf(file)))
  if (lonely !== undefined) throw new Error(`${lonely} has no ${upOf(lonely)} beside it`)
  return chained(await Promise.all(ups.map((file) => readPair(folder, file))))
}

function chained(files: readonly Migration[]): readonly Migration[] {
  const first = files.findIndex(({ after }) => after !== undefined)
  return files.map((file, at) =>
    first >= 0 && at > first
      ? file
      : { ...file, after: file.after ?? files[at - 1]?.name ?? NOTHING },
  )
}

async function readPair(folder: string, file: string): Promise<Migration> {
  const name = file.slice(0, -'.up.sql'.length)
  const up = await readFile(join(folder, file), 'utf8')
  const down = await readFile(join(folder, `${name}.down.sql`), 'utf8').catch(() => {
    throw new Error(`${file} has no ${name}.down.sql beside it`)
  })
  const hash = createHash('sha256').update(up.replaceAll('\r\n', '\n')).digest('hex')
  const after = AFTER.exec(up)?.[1]
  return { number: Number(name.slice(0, 4)), name, after, up, down, hash }
}

function upOf(file: string): string {
  return file.replace(/\.down\.sql$/, '.up.sql')
}

function noFolder(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}
