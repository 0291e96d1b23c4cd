import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))
/** Beside the built program: every file of the template in one, for npm renames and leaves out dotfiles. */
const PACKED = join(PACKAGE, 'template.json')
const CHECKOUT = join(PACKAGE, '../..')

/** What running and installing leave behind; no file of the template is called so. */
const LEFT_BEHIND = new Set(['node_modules', '.plinth', 'logs', 'dist', 'vendor', '.env'])

/** Path of each file of the template, with forward slashes, and its text. */
export type TemplateFiles = ReadonlyMap<string, string>

/** The checkout of Plinth's own repository that this command runs from; undefined in an installed package. */
export function checkoutFolder(): string | undefined {
  return existsSync(PACKED) ? undefined : CHECKOUT
}

/** The template that this version of the command line brings. */
export async function templateFiles(): Promise<TemplateFiles> {
  const checkout = checkoutFolder()
  if (checkout !== undefined) return readTemplate(join(checkout, 'template'))
  const packed: Record<string, string> = JSON.parse(await readFile(PACKED, 'utf8'))
  return new Map(Object.entries(packed))
}

/** Reads a template from its folder. */
export async function readTemplate(folder: string): Promise<TemplateFiles> {
  const files = (await filesUnder(folder)).sort()
  const entries = files.map(
    async (file) =>
      [relative(folder, file).split(sep).join('/'), await readFile(file, 'utf8')] as const,
  )
  return new Map(await Promise.all(entries))
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found = entries
    .filter(({ name }) => !LEFT_BEHIND.has(name))
    .map((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? filesUnder(path) : [path]
    })
  return (await Promise.all(found)).flat()
}
