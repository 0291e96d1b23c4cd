import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { misuse } from '../cli-error.ts'
import { checkName } from './service-name.ts'

/** Where a service is going to be. */
export interface Target {
  /** Absolute. */
  readonly folder: string
  readonly name: string
  /** The nearest folder above it, or it itself, that is there now. */
  readonly standsOn: string
}

/** What may lie in a folder that counts as empty. */
const HARMLESS = new Set(['.git', '.DS_Store', '.idea', '.vscode'])

/**
 * The folder and name that a person means by `my-service`, `../my-service` or `.`.
 * @param given the name or path as typed
 * @param from the folder that a path is relative to
 * @throws CliError (exit code 2) when the name does not fit, or the folder is taken
 */
export function targetFolder(given: string, from: string): Target {
  // A NUL ends a path for the system and not for us; such a text is no path at all.
  if (given.includes('\0')) checkName(given)
  const folder = resolve(from, given)
  const name = checkName(given.trim() === '' ? given : basename(folder))
  refuseTaken(folder)
  return { folder, name, standsOn: nearestThere(folder) }
}

function refuseTaken(folder: string): void {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isDirectory())
    throw misuse(
      `${folder} is there already and is not a folder; take another name, or move it away.`,
    )
  const inside = readdirSync(folder).filter((entry) => !HARMLESS.has(entry))
  if (inside.length === 0) return
  const shown = inside.slice(0, 3).join(', ')
  throw misuse(
    `${folder} is not empty (${shown}${inside.length > 3 ? ', …' : ''}); take another name, or empty it first.`,
  )
}

function nearestThere(folder: string): string {
  return existsSync(folder) ? folder : nearestThere(dirname(folder))
}
