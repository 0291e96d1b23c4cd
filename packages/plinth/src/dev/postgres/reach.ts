import { createHash } from 'node:crypto'
import { lstat, mkdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { ServerAccount } from './account.ts'

/** Whether the account can enter a folder and all folders above it. Node's own user always can. */
export async function canEnter(
  folder: string,
  account: ServerAccount | undefined,
): Promise<boolean> {
  if (account === undefined) return true
  for (let here = resolve(folder); ; here = dirname(here)) {
    const { mode, uid, gid } = await stat(here)
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (here === dirname(here)) return true
  }
}

/** A folder that root owns, that nobody else writes to, and that every account can enter. */
export async function commonPlace(): Promise<string> {
  for (const parent of ['/var/lib', tmpdir()]) {
    const place = join(parent, 'plinth')
    try {
      await mkdir(place, { mode: 0o755 }).catch(() => undefined)
      const { mode, uid } = await lstat(place)
      if (uid === 0 && (mode & 0o022) === 0 && (mode & 0o001) !== 0) return place
    } catch {
      // Read-only here; the next candidate may do.
    }
  }
  throw new Error(
    'PostgreSQL cannot enter this folder as the system user "postgres", and there is no common ' +
      'place to copy it to. Move the project out of a private folder, or run as an ordinary user.',
  )
}

/** A short name for a path: equal paths, equal names. */
export function nameFor(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 12)
}
