import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { succeeds } from './new-service.ts'

const OURS = ['plinth', '@plinth/cli', 'create-plinth']

/**
 * Packages as a later release would have them: a higher version of each, the same version of the
 * others in what they ask for, and a template that asks for it too and says one thing more.
 * @param folder empty folder to work in
 * @returns the tarballs, by package name
 */
export async function nextVersion(
  folder: string,
  tarballs: ReadonlyMap<string, string>,
  version: string,
): Promise<ReadonlyMap<string, string>> {
  const next = new Map<string, string>()
  for (const name of OURS) {
    const place = path.join(folder, encodeURIComponent(name))
    await mkdir(place)
    const args = ['-xzf', tarballs.get(name) ?? '']
    await succeeds({ program: 'tar', args, cwd: place })
    await rewrite(path.join(place, 'package/package.json'), (text) => raised(text, version))
    if (name === '@plinth/cli') await rewrite(path.join(place, 'package/template.json'), later)
    const tarball = path.join(folder, `${encodeURIComponent(name)}.tgz`)
    await succeeds({ program: 'tar', args: ['-czf', tarball, 'package'], cwd: place })
    next.set(name, tarball)
  }
  return next

  function later(text: string): string {
    const template: Record<string, string> = JSON.parse(text)
    template['package.json'] = raised(template['package.json'] ?? '{}', version, false)
    template['AGENTS.md'] += '* This line came with a later version.\n'
    return JSON.stringify(template)
  }
}

/** A package.json whose own version, if that is ours, and those of our packages are another. */
function raised(text: string, version: string, isOurs = true): string {
  const manifest: Record<string, Record<string, string>> = JSON.parse(text)
  for (const section of ['dependencies', 'devDependencies', 'peerDependencies'])
    for (const name of OURS)
      if (manifest[section]?.[name] !== undefined) manifest[section][name] = version
  const whole = isOurs ? { ...manifest, version } : manifest
  return `${JSON.stringify(whole, null, 2)}\n`
}

async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')))
}
