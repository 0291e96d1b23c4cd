import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CliError } from '../cli-error.ts'
import { ownershipOf } from '../template/ownership.ts'
import type { Decision } from './decide-shared.ts'

/** Does in the service what was decided about one shared file. */
export async function writeDecision(folder: string, decision: Decision): Promise<void> {
  const { path, from, action, text } = decision
  if (action === 'remove') await removeShared(folder, path)
  if (text === undefined || !isWritten(decision)) return
  await writeShared(folder, path, text)
  if (from !== undefined) await removeShared(folder, from)
}

/** Whether a decision leaves another text at its path. */
export function isWritten({ action }: Decision): boolean {
  return action === 'add' || action === 'replace' || action === 'merge'
}

/**
 * Writes a file that the template shares with the owner.
 * @throws CliError when it is a file of the owner's: no update may come this far
 */
export async function writeShared(folder: string, path: string, text: string): Promise<void> {
  requireShared(path)
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), text)
}

async function removeShared(folder: string, path: string): Promise<void> {
  requireShared(path)
  await rm(join(folder, path))
}

function requireShared(path: string): void {
  if (ownershipOf(path) === 'yours' || path.split('/').includes('..'))
    throw new CliError(`${path} is a file of yours, and an update never writes those.`)
}
