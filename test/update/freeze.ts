// Makes a frozen service of the template at a commit: node test/update/freeze.ts <commit> <name> <version>
// and the neighbours of head of the template as it stands: node test/update/freeze.ts neighbours
// A service that was made before there were manifests gets the one that it would have had: the files are
// those of the commit, the answers those that `plinth new --yes` gives, the version one before the first.
import { execFileSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Answers } from '../../packages/cli/src/template/answers.ts'
import { writeManifest } from '../../packages/cli/src/template/manifest.ts'
import { renderTemplate } from '../../packages/cli/src/template/render-template.ts'
import { templateFiles } from '../../packages/cli/src/template/template-files.ts'
import { NEIGHBOURS } from './neighbours.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')

/** The answers of every frozen service. */
export const ANSWERS: Answers = {
  name: 'shelf',
  tenancy: 'personal',
  without: [],
  packageManager: 'npm',
  packages: 'registry',
}

/** Writes a service made from the given files of a template as a plain tree. */
export async function freeze(
  name: string,
  version: string,
  template: ReadonlyMap<string, string>,
): Promise<void> {
  const folder = path.join(import.meta.dirname, 'states', name)
  await rm(folder, { recursive: true, force: true })
  const files = await renderTemplate(ANSWERS, template)
  for (const [file, text] of files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), text)
  }
  await writeManifest(folder, { plinth: version, answers: ANSWERS, files })
}

/** The template's files at a commit. */
export function templateAt(commit: string): ReadonlyMap<string, string> {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' })
  const files = git('ls-tree', '-r', '--name-only', commit, 'template').trim().split('\n')
  return new Map(
    files.map((file) => [file.slice('template/'.length), git('show', `${commit}:${file}`)]),
  )
}

const ONE_BEFORE = '0.0.9'

async function freezeNeighbours(): Promise<void> {
  const head = await templateFiles()
  for (const { name, before } of NEIGHBOURS) await freeze(name, ONE_BEFORE, before(head))
}

if (import.meta.main) {
  const [commit, name, version] = process.argv.slice(2)
  if (commit === 'neighbours') await freezeNeighbours()
  else if (commit !== undefined && name !== undefined && version !== undefined)
    await freeze(name, version, templateAt(commit))
  else throw new Error('Say: node test/update/freeze.ts <commit> <name> <version>')
}
