import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { CliError } from '../cli-error.ts'
import { shellEnvironment } from '../shell-environment.ts'
import type { Tarballs } from './tarballs.ts'

/**
 * Lets the command line inside newer tarballs do the update: the template, the merges and the codemods
 * of a release come with its own command line, never with an older one.
 * @returns its exit code
 */
export function handOver(tarballs: Tarballs, args: readonly string[]): Promise<number> {
  const packages = tarballs.files.flatMap((file) => [
    '--package',
    resolve(join(tarballs.folder, file)),
  ])
  const line = ['--yes', ...packages, '--', 'plinth', 'update', ...args]
  return new Promise((settle, fail) => {
    const child = spawn('npx', line, {
      stdio: 'inherit',
      env: shellEnvironment(),
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
