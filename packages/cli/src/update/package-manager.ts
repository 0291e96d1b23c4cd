import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { shellEnvironment } from '../shell-environment.ts'
import { PACKAGE_MANAGERS, type PackageManager } from '../template/answers.ts'
import { SPELLINGS } from '../template/spellings.ts'

/**
 * The package manager that a service is installed with: the one whose lockfile is nearest, here or in a
 * folder above it that a monorepo has; else the one that it was made with.
 */
export function packageManagerOf(folder: string, made: PackageManager): PackageManager {
  const found = PACKAGE_MANAGERS.find((name) => existsSync(join(folder, SPELLINGS[name].lockfile)))
  if (found !== undefined) return found
  const above = dirname(folder)
  const isTop = above === folder || existsSync(join(folder, '.git'))
  return isTop ? made : packageManagerOf(above, made)
}

/** How an installation ended. */
export interface Installed {
  readonly ok: boolean
  /** The command that was run, for a person who has to run it again. */
  readonly command: string
  /** The last lines that it printed. */
  readonly said: string
}

/** Installs what package.json names. */
export function install(folder: string, manager: PackageManager): Promise<Installed> {
  const command = SPELLINGS[manager].install
  const [program = manager, ...args] = command.split(' ')
  return new Promise((resolve) => {
    // Windows knows a package manager as a .cmd, which only a shell finds; nothing here is a person's text.
    const options = { cwd: folder, env: shellEnvironment(), shell: process.platform === 'win32' }
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    const hear = (part: Buffer) => {
      said = (said + part).slice(-2000)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', (error) => resolve({ ok: false, command, said: error.message }))
    child.once('close', (code) => resolve({ ok: code === 0, command, said: said.trim() }))
  })
}
