import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Answers } from '../template/answers.ts'
import { writeManifest } from '../template/manifest.ts'
import { vendorPackages } from '../template/vendor-packages.ts'

/** What a new service's folder is filled with. */
export interface ServiceFiles {
  readonly folder: string
  readonly answers: Answers
  /** By path from the root of the service. */
  readonly files: ReadonlyMap<string, string>
}

/** Writes every file, and what `plinth update` will need. A folder that it made does not stay half filled. */
export async function writeService({ folder, answers, files }: ServiceFiles): Promise<void> {
  const made = await mkdir(folder, { recursive: true })
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      // `wx`: nothing that is there is ever written over, whatever was found before.
      await writeFile(join(folder, path), text, { flag: 'wx' })
    }
    await writeManifest(folder, { plinth: await ownVersion(), answers, files })
    if (answers.packages === 'vendor') await vendorPackages(folder)
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true })
    throw error
  }
}

/** The version of this command line, which is that of the template it brings. */
async function ownVersion(): Promise<string> {
  const own: { version: string } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return own.version
}
