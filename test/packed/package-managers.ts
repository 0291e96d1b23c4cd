import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ended } from './new-service.ts'

/** Package managers that this repository does without, in the versions that are tried: package → program. */
const FETCHED = [
  { name: 'yarn', from: '@yarnpkg/cli-dist', version: '4.18.1', program: 'bin/yarn.js' },
  { name: 'bun', from: 'bun', version: '1.4.5', program: 'bin/bun.exe' },
] as const

/**
 * Fetches them with npm into a folder, and puts their programs where a person's shell would have them.
 * @returns the folder that belongs on the PATH
 * @throws Error that says so when the registry has none for this machine
 */
export async function fetchPackageManagers(folder: string): Promise<string> {
  const bin = path.join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(path.join(folder, 'package.json'), '{"private":true}')
  const wanted = FETCHED.map(({ from, version }) => `${from}@${version}`)
  const args = ['install', '--no-audit', '--no-fund', ...wanted]
  const { code, stderr } = await ended({ program: 'npm', args, cwd: folder })
  if (code !== 0)
    throw new Error(
      `${wanted.join(' and ')} could not be fetched, so they were not tried:\n${stderr}`,
    )
  // Not below node_modules: such programs belong to a project, and the command line looks past them.
  for (const { name, from, program } of FETCHED)
    await symlink(path.join(folder, 'node_modules', from, program), path.join(bin, name))
  await symlink(path.join(bin, 'bun'), path.join(bin, 'bunx'))
  return bin
}
