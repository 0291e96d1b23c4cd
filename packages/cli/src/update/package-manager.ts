import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
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
