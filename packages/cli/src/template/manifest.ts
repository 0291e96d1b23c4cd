import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { misuse } from '../cli-error.ts'
import { type Answers, parseAnswers } from './answers.ts'
import { type Ownership, ownershipOf } from './ownership.ts'

/** A file that Plinth brought, as it was when it came. */
export interface BroughtFile {
  readonly class: Exclude<Ownership, 'yours'>
  /** Of the text as Plinth wrote it, in hexadecimal. */
  readonly sha256: string
}

/** `.plinth/manifest.json`: what a service was made from. Committed, as is `.plinth/base/`. */
export interface ServiceManifest {
  /** Version of Plinth whose template the files follow. */
  readonly plinth: string
  readonly answers: Answers
  /** By path from the root of the service, sorted. */
  readonly files: Readonly<Record<string, BroughtFile>>
}

const MANIFEST = join('.plinth', 'manifest.json')
const BASE = join('.plinth', 'base')

/**
 * What the service was made from.
 * @throws CliError (exit code 2) when the folder has no manifest, or one that cannot be read
 */
export async function readManifest(folder: string): Promise<ServiceManifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((cause: unknown) => {
    throw misuse(
      `${join(folder, MANIFEST)} cannot be read (${cause instanceof Error ? cause.message : cause}); it says what a service was made from, so restore it from git.`,
    )
  })
  const found = parsed(text)
  return { plinth: found.plinth, answers: parseAnswers(found.answers), files: found.files }
}

/**
 * Writes down what a service was made from, and keeps the text of each shared file under `.plinth/base/`, so that a
 * later update can merge three ways, offline.
 * @param folder root of the service
 * @param made the version and answers, and every file that the template gives with them
 */
export async function writeManifest(
  folder: string,
  made: {
    readonly plinth: string
    readonly answers: Answers
    readonly files: ReadonlyMap<string, string>
  },
): Promise<ServiceManifest> {
  const manifest = {
    plinth: made.plinth,
    answers: made.answers,
    files: Object.fromEntries([...made.files].sort(byPath).flatMap(brought)),
  }
  await rm(join(folder, BASE), { recursive: true, force: true })
  for (const [path, text] of made.files)
    if (ownershipOf(path) === 'shared') await write(join(folder, BASE, path), text)
  await write(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

/** The text that a shared file had when it came; undefined when Plinth did not bring it. */
export function readBase(folder: string, path: string): Promise<string | undefined> {
  return readFile(join(folder, BASE, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

/** Of a text, in hexadecimal: how the manifest tells an edited file. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function brought([path, text]: readonly [string, string]): [string, BroughtFile][] {
  const ownership = ownershipOf(path)
  return ownership === 'yours' ? [] : [[path, { class: ownership, sha256: sha256(text) }]]
}

function parsed(text: string): ServiceManifest {
  try {
    const found: ServiceManifest = JSON.parse(text)
    if (typeof found.plinth === 'string' && typeof found.files === 'object') return found
  } catch {
    // Told below, like a file that is JSON and no manifest.
  }
  throw misuse(
    '.plinth/manifest.json is not what Plinth wrote: it has no version or no files; restore it from git.',
  )
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

function byPath([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1
}
