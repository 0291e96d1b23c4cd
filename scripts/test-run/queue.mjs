// Test files waiting to be run, in a folder that several processes share: whoever is free takes the next one, so that
// none stands idle while another has a long row before it. Each file's entry says who took it, and later what it cost.
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const FILES = 'files.json'
const ENTRY = /^\d+$/

/** Lays files out in the order in which they are to be taken; returns the folder. */
export async function layOut(files) {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-test-queue-'))
  await writeFile(path.join(folder, FILES), JSON.stringify(files))
  return folder
}

/** Takes the next file that nobody has; undefined when all are taken. */
export function take(folder, taker) {
  const files = JSON.parse(readFileSync(path.join(folder, FILES), 'utf8'))
  const at = files.findIndex((file, at) => isMine(folder, { at, file, taker }))
  return at === -1 ? undefined : { at, file: files[at], taker }
}

/** Writes down what became of a file that was taken: `wallMs` and `cpuMs` when it ended, a `complaint` when it was cut. */
export function put(folder, entry) {
  renameSync(written(folder, entry), path.join(folder, String(entry.at)))
}

/** The entries of all files that were taken so far. */
export async function taken(folder) {
  const names = (await readdir(folder)).filter((name) => ENTRY.test(name))
  const texts = names.map((name) => readFile(path.join(folder, name), 'utf8'))
  return (await Promise.all(texts)).map((text) => JSON.parse(text))
}

export const clear = (folder) => rm(folder, { recursive: true, force: true })

/** Writes an entry where nobody reads it: others see it whole or not at all. */
function written(folder, entry) {
  const file = path.join(folder, `${entry.taker}.part`)
  writeFileSync(file, JSON.stringify(entry))
  return file
}

function isMine(folder, entry) {
  const place = path.join(folder, String(entry.at))
  if (existsSync(place)) return false
  const file = written(folder, entry)
  try {
    linkSync(file, place)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(file)
  }
}
