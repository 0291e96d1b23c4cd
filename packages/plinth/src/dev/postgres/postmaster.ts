import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isAlive } from './cluster.ts'

const run = promisify(execFile)

/** What a running server writes about itself in its data folder. */
export interface Postmaster {
  readonly pid: number
  /** 0 until the server has chosen it. */
  readonly port: number
  readonly ready: boolean
}

/** Reads `postmaster.pid`; undefined when there is none or its process is gone. */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Math.abs(Number(lines[0]))
  if (text === '' || !Number.isSafeInteger(pid) || pid === 0 || !isAlive(pid)) return undefined
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' }
}

/**
 * Whether the process is the server of this folder: after a crash its id may belong to anything,
 * the server of another service included.
 */
export async function servesFolder(pid: number, data: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => askPs(pid))
  // `postgres -D folder …`, as every server is started.
  const [program = '', , folder = ''] = command.trim().split('\0')
  if (!/(^|[/\\])postgres(\.exe)?$/.test(program)) return false
  // A folder that is gone may be this one, renamed since; what stands there may be this one by another name.
  const [theirs, ours] = await Promise.all([identityOf(folder), identityOf(data)])
  return theirs === undefined || theirs === ours
}

/** Which folder a path leads to, by whatever name; undefined where there is none, empty where one may not look. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path)
    return `${dev} ${ino}`
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : ''
  }
}

async function askPs(pid: number): Promise<string> {
  if (process.platform === 'win32') return 'postgres'
  const answer = await run('ps', ['-o', 'comm=', '-p', String(pid)]).catch(() => undefined)
  return answer?.stdout ?? ''
}
