import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { type NeedsRequest, readNeeds, type ServiceNeeds } from './service-needs.ts'

/**
 * The needs of a service, from the last run where nothing that they follow from has changed: reading
 * them anew loads every room of the runtime, which is half of a second start. A change too many
 * costs that time; a change too few would be an error, so all that is read is compared.
 */
export async function rememberedNeeds(home: string, request: NeedsRequest): Promise<ServiceNeeds> {
  const file = join(home, 'needs.json')
  const fingerprint = fingerprintOf(request)
  const known = fingerprint === undefined ? undefined : read(file, fingerprint)
  if (known !== undefined) return { ...known, secrets: pick(request.secrets, known.secretNames) }
  const needs = await readNeeds(request)
  const { secrets, ...rest } = needs
  const written: Remembered = { ...rest, secretNames: Object.keys(secrets) }
  if (fingerprint !== undefined)
    writeFileSync(file, JSON.stringify({ fingerprint, needs: written }), { mode: 0o600 })
  return needs
}

/** The secrets themselves stay in their own file. */
interface Remembered extends Omit<ServiceNeeds, 'secrets'> {
  readonly secretNames: readonly string[]
}

const CONFIGURATION = /^(config\.yaml|\.env(\..+)?)$/
const SECRET_FOLDERS = ['infra/secrets/keys', 'secrets/keys']
/** Where the shell stands and what npm tells: different in every terminal, and no setting. */
const VOLATILE = /^(npm_.*|_|SHLVL|PWD|OLDPWD|INIT_CWD|COLOR|LINES|COLUMNS)$/

/** Undefined where a `.env` file names further files: then nothing is remembered. */
function fingerprintOf({ service, env }: NeedsRequest): string | undefined {
  const variables = Object.entries(env).filter(([name]) => !VOLATILE.test(name))
  const files = readdirSync(service)
    .filter((name) => CONFIGURATION.test(name))
    .map((name) => [name, readFileSync(join(service, name), 'utf8')] as const)
  if (files.some(([name, text]) => name !== 'config.yaml' && NAMES_FILES.test(text)))
    return undefined
  const named = variables.flatMap(([name, path = '']) => (NAMES_FILES.test(name) ? [path] : []))
  const stamps = [...SECRET_FOLDERS, ...named].flatMap((path) => stampsOf(resolve(service, path)))
  const version = readFileSync(
    createRequire(import.meta.url).resolve('plinth/package.json'),
    'utf8',
  )
  const all = JSON.stringify([version, variables.sort(), files.sort(), stamps])
  return createHash('sha256').update(all).digest('base64url')
}

const NAMES_FILES = /SECRETS_KEYS_DIR|_FILE\b/

/** Time and size of a file, or of each in a folder. */
function stampsOf(path: string): readonly string[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (stat.isDirectory()) return readdirSync(path).flatMap((name) => stampsOf(join(path, name)))
  return [`${path}:${stat.mtimeMs}:${stat.size}`]
}

function read(file: string, fingerprint: string): Remembered | undefined {
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as {
      fingerprint: string
      needs: Remembered
    }
    return found.fingerprint === fingerprint ? found.needs : undefined
  } catch {
    return undefined
  }
}

function pick(secrets: NeedsRequest['secrets'], names: readonly string[]) {
  return Object.fromEntries(Object.entries(secrets).filter(([name]) => names.includes(name)))
}
