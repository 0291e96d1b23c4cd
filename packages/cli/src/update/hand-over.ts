import { spawn } from 'node:child_process'
import { copyFile, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CliError } from '../cli-error.ts'
import { shellEnvironment } from '../shell-environment.ts'
import { checkoutFolder } from '../template/template-files.ts'
import type { Tarballs } from './tarballs.ts'
import { fingerprintOf, hasVendored } from './vendored-names.ts'

/** Set for the command line that an update was handed over to: it is the one of the tarballs. */
const HANDED_OVER = 'PLINTH_UPDATE_HANDED_OVER'

/**
 * Whether tarballs bring a command line of their own. That of the service is the one in its `vendor/`, and of one
 * version there may be many while Plinth comes from a checkout.
 */
export async function isForAnother(
  tarballs: Tarballs,
  service: string,
  installed: string,
): Promise<boolean> {
  if (tarballs.version !== installed) return true
  if (checkoutFolder() !== undefined || process.env[HANDED_OVER] !== undefined) return false
  return !(await hasVendored(service, tarballs))
}

/**
 * Lets the command line inside other tarballs do the update: the template, the merges and the codemods
 * of a release come with its own command line, never with an older one.
 * @returns its exit code
 */
export async function handOver(
  tarballs: Tarballs,
  service: string,
  args: readonly string[],
): Promise<number> {
  // npx knows packages by their path: other ones at the same place it would not look at, these it installs once.
  const own = join(service, 'node_modules', '.cache', 'plinth-update')
  const folder = join(own, await fingerprintOf(tarballs))
  await mkdir(folder, { recursive: true })
  for (const file of tarballs.files)
    await copyFile(resolve(tarballs.folder, file), join(folder, file))
  const packages = tarballs.files.map((file) => join(folder, file))
  return updateBy(packages, args)
}

function updateBy(packages: readonly string[], args: readonly string[]): Promise<number> {
  const named = packages.flatMap((file) => ['--package', file])
  const line = ['--yes', ...named, '--', 'plinth', 'update', ...args]
  return new Promise((settle, fail) => {
    const child = spawn('npx', line, {
      stdio: 'inherit',
      env: { ...shellEnvironment(), [HANDED_OVER]: '1' },
      shell: process.platform === 'win32',
    })
    child.once('error', (cause) =>
      fail(
        new CliError(
          `npx, which runs the new command line, could not be started: ${cause.message}.`,
          1,
          cause,
        ),
      ),
    )
    child.once('close', (code) => settle(code ?? 1))
  })
}
