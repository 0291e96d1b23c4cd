import { readdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import type { Fault } from './fault.ts'
import { readSmallFile } from './small-file.ts'
import type { Variable } from './variable.ts'

const MAX_BYTES = 32 * 1024
const USUAL_FOLDERS = ['infra/secrets/keys', 'secrets/keys']

/** What a folder of secret files gives. */
export interface SecretFiles {
  readonly variables: readonly Variable[]
  readonly faults: readonly Fault[]
}

/**
 * Reads each `*.txt` of the secrets folder as a variable: `csrf_signing_secret.txt` is
 * CSRF_SIGNING_SECRET. Line breaks around the text of a file are not part of the secret.
 * @param named folder from SECRETS_KEYS_DIR; without it `infra/secrets/keys`, then `secrets/keys`
 */
export async function readSecretFolder(
  cwd: string,
  named: string | undefined,
): Promise<SecretFiles> {
  if (named !== undefined) {
    const found = await listFolder(resolve(cwd, named))
    return found === undefined
      ? { variables: [], faults: [noFolder(named)] }
      : readAll(cwd, named, found)
  }
  for (const folder of USUAL_FOLDERS) {
    const found = await listFolder(resolve(cwd, folder))
    if (found !== undefined) return readAll(cwd, folder, found)
  }
  return { variables: [], faults: [] }
}

async function readAll(
  cwd: string,
  folder: string,
  files: readonly string[],
): Promise<SecretFiles> {
  const variables: Variable[] = []
  const faults: Fault[] = []
  for (const file of files) {
    const read = await readSecretFile(cwd, join(folder, file), nameOf(file))
    if ('says' in read) faults.push(read)
    else variables.push(read)
  }
  return { variables, faults }
}

/** Reads one secret file as the variable `name`. */
export async function readSecretFile(
  cwd: string,
  path: string,
  name: string,
): Promise<Variable | Fault> {
  const within = relative(cwd, resolve(cwd, path))
  const place = within.startsWith('..') ? resolve(cwd, path) : within
  const read = await readSmallFile(resolve(cwd, path), MAX_BYTES)
  if (read.code === 'text') {
    return {
      name,
      value: read.text.replace(/^[\r\n]+|[\r\n]+$/g, ''),
      origin: 'secret-file',
      place,
    }
  }
  const says = read.code === 'absent' ? `the secret file for ${name} is not there` : read.says
  return { code: 'config.secret_file', place, says, fix: `put the value of ${name} in this file` }
}

function nameOf(file: string): string {
  return file.slice(0, -'.txt'.length).replaceAll(/[-.]/g, '_').toUpperCase()
}

async function listFolder(path: string): Promise<readonly string[] | undefined> {
  const names = await readdir(path).catch(() => undefined)
  return names?.filter((name) => name.endsWith('.txt')).sort()
}

function noFolder(named: string): Fault {
  const says = `SECRETS_KEYS_DIR names the folder ${JSON.stringify(named)}, which cannot be read`
  return {
    code: 'config.secret_file',
    place: 'environment',
    says,
    fix: 'create it, or remove SECRETS_KEYS_DIR',
  }
}
