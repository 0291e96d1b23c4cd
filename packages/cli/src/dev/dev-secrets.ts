import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Made once for each service, so that restarts keep sessions; a person's own value wins. */
const NAMES = [
  'SESSION_SIGNING_SECRET',
  'CSRF_SIGNING_SECRET',
  'DATABASE_OWNER_PASSWORD',
  'DATABASE_APP_PASSWORD',
  'DATABASE_READONLY_PASSWORD',
] as const

/** Variables by name. */
export type Secrets = Readonly<Record<string, string>>

/**
 * The development secrets of a service: read from its file (`NAME=value`, mode 0600), made and
 * written where one is missing.
 */
export function ensureSecrets(file: string): Secrets {
  const secrets = secretsFor(file)
  if (NAMES.every((name) => read(file)[name] !== undefined)) return secrets
  mkdirSync(dirname(file), { recursive: true })
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(file, `# Made by plinth dev for this machine only.\n${lines.join('')}`, {
    mode: 0o600,
  })
  chmodSync(file, 0o600)
  return secrets
}

/** The same without writing: what is missing is made for this call only. */
export function secretsFor(file: string): Secrets {
  const made = NAMES.map((name) => [name, randomBytes(32).toString('base64url')] as const)
  return { ...Object.fromEntries(made), ...read(file) }
}

function read(file: string): Secrets {
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    return Object.fromEntries(
      lines.flatMap((line) => {
        const found = /^([A-Z_]+)=(\S+)$/.exec(line)
        return found === null ? [] : [[found[1], found[2]]]
      }),
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
