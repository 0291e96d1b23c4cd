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
  // A folder that is gone may be this one, renamed since.
  return folder === '' || folder === data || (await isGone(folder))
}

async function isGone(path: string): Promise<boolean> {
  const gone = (error: NodeJS.ErrnoException) => error.code === 'ENOENT'
  return stat(path).then(() => false, gone)
}

async function askPs(pid: number): Promise<string> {
  if (process.platform === 'win32') return 'postgres'
  const answer = await run('ps', ['-o', 'comm=', '-p', String(pid)]).catch(() => undefined)
  return answer?.stdout ?? ''
}
