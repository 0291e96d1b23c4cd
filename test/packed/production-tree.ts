import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Consumer } from './consumer.ts'

/** What `npm ci --omit=dev` leaves in a service. */
export interface ProductionTree {
  readonly packages: number
  readonly megabytes: number
  readonly seconds: number
  /** Packages that would run a script when installed. */
  readonly installScripts: readonly string[]
}

interface Locked {
  readonly hasInstallScript?: boolean
}

/** Installs the service anew as production does, and measures. */
export async function productionTree(consumer: Consumer): Promise<ProductionTree> {
  const started = performance.now()
  await consumer.npm('ci', '--omit=dev', '--no-audit', '--no-fund')
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const modules = path.join(consumer.service, 'node_modules')
  const lock = JSON.parse(await readFile(path.join(modules, '.package-lock.json'), 'utf8'))
  const entries = Object.entries<Locked>(lock.packages)
  return {
    packages: entries.length,
    megabytes: Math.round((await bytesUnder(modules)) / 1e6),
    seconds,
    installScripts: entries
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([name]) => name),
  }
}

async function bytesUnder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(path.join(file.parentPath, file.name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
