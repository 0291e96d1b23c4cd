import { lstatSync, realpathSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { CliError, misuse } from '../cli-error.ts'

/** A file to be written: its path relative to the service, and its text. */
export interface NewFile {
  readonly file: string
  readonly text: string
}

/**
 * The absolute path of a file of the service, once it is certain that it lies in the service: also
 * after every symbolic link on the way to it.
 * @throws CliError (exit code 2) when a link leads elsewhere
 */
export function placeInService(service: string, file: string): string {
  const root = realpathSync(service)
  const target = join(root, file)
  const real = realpathSync(deepestThere(dirname(target)))
  const isBelow = real === root || real.startsWith(`${root}${sep}`)
  if (isBelow && !relative(root, target).startsWith('..')) return target
  throw misuse(
    `${file} would be written outside the service, because a folder on the way is a link to ${real}; replace the link by a folder.`,
  )
}

/**
 * Refuses files that are there already; a link that leads nowhere counts as there.
 * @throws CliError (exit code 2) naming the first
 */
export function refuseExisting(service: string, files: readonly string[]): void {
  const there = files.find((file) => isThere(placeInService(service, file)))
  if (there === undefined) return
  throw misuse(
    `${there} is there already; choose another name, or remove what is there with \`plinth entity rm\`.`,
  )
}

/**
 * Writes new files, all or none: none is overwritten, none is written through a link.
 * @throws CliError naming the file that could not be written
 */
export async function writeNew(service: string, files: readonly NewFile[]): Promise<void> {
  refuseExisting(
    service,
    files.map(({ file }) => file),
  )
  for (const { file, text } of files) {
    const target = placeInService(service, file)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text, { flag: 'wx' }).catch((cause) => {
      throw new CliError(`${file} could not be written: ${String(cause.message)}.`, 1, cause)
    })
  }
}

/** Whether anything has this path, a link that leads nowhere too. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function deepestThere(folder: string): string {
  return isThere(folder) ? folder : deepestThere(dirname(folder))
}
