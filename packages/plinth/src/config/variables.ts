import { resolve } from 'node:path'
import { parseDotenv } from './dotenv.ts'
import type { Fault } from './fault.ts'
import { readSecretFile, readSecretFolder } from './secret-files.ts'
import { readSmallFile } from './small-file.ts'
import type { Variable } from './variable.ts'

const MAX_DOTENV_BYTES = 256 * 1024

/** Variables by name, and what was wrong with the places they stand in. */
export interface Variables {
  readonly byName: ReadonlyMap<string, Variable>
  readonly faults: readonly Fault[]
}

/** Reads `.env` below the variables of the process, which win. */
export async function readBaseVariables(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Variables> {
  const file = await readDotenvFile(cwd, '.env')
  return { byName: layered(file.byName, ofProcess(env)), faults: file.faults }
}

/** What to read, and where from. */
export interface VariablesRequest {
  readonly cwd: string
  /** Variables of the process. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly environment: string
  /** Names for which NAME_FILE may name a file with the value. */
  readonly wanted: Iterable<string>
}

/**
 * All variables for one environment. Later ones win: secret files, `.env`, `.env.<environment>`, the
 * process, and last `PRODUCTION_X` as X in production (likewise DEVELOPMENT_ and TEST_).
 */
export async function readVariables(request: VariablesRequest): Promise<Variables> {
  const { cwd, env, environment } = request
  const [base, own] = await Promise.all([
    readDotenvFile(cwd, '.env'),
    readDotenvFile(cwd, `.env.${environment}`),
  ])
  const given = promoted(layered(base.byName, own.byName, ofProcess(env)), environment)
  const folder = await readSecretFolder(cwd, nonEmpty(given, 'SECRETS_KEYS_DIR'))
  const all = layered(byName(folder.variables), given)
  const named = await readNamedFiles(request, all)
  const faults = [...base.faults, ...own.faults, ...folder.faults, ...named.faults]
  return { byName: layered(all, named.byName), faults }
}

async function readNamedFiles(
  { cwd, wanted }: VariablesRequest,
  given: ReadonlyMap<string, Variable>,
): Promise<Variables> {
  const variables: Variable[] = []
  const faults: Fault[] = []
  for (const name of new Set(wanted)) {
    const path = nonEmpty(given, `${name}_FILE`)
    if (path === undefined) continue
    const direct = given.get(name)
    const twice = direct !== undefined && direct.value !== '' && direct.origin !== 'secret-file'
    const read = twice ? bothGiven(direct) : await readSecretFile(cwd, path, name)
    if ('says' in read) faults.push(read)
    else variables.push(read)
  }
  return { byName: byName(variables), faults }
}

function bothGiven(direct: Variable): Fault {
  const says = `${direct.name} and ${direct.name}_FILE are both set`
  return { code: 'config.conflict', place: direct.place, says, fix: 'keep one of the two' }
}

async function readDotenvFile(cwd: string, file: string): Promise<Variables> {
  const read = await readSmallFile(resolve(cwd, file), MAX_DOTENV_BYTES)
  if (read.code === 'absent') return { byName: new Map(), faults: [] }
  if (read.code === 'refused') {
    const fault: Fault = {
      code: 'config.file',
      place: file,
      says: read.says,
      fix: 'mend or remove it',
    }
    return { byName: new Map(), faults: [fault] }
  }
  const parsed = parseDotenv(read.text, file)
  return { byName: byName(parsed.variables), faults: parsed.faults }
}

function ofProcess(
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>()
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue
    variables.set(name, { name, value, origin: 'environment', place: 'environment' })
  }
  return variables
}

function promoted(
  variables: ReadonlyMap<string, Variable>,
  environment: string,
): ReadonlyMap<string, Variable> {
  const prefix = `${environment.toUpperCase()}_`
  const promotions = new Map<string, Variable>()
  for (const [name, variable] of variables) {
    if (name.startsWith(prefix) && name.length > prefix.length) {
      promotions.set(name.slice(prefix.length), variable)
    }
  }
  return layered(variables, promotions)
}

function byName(variables: readonly Variable[]): ReadonlyMap<string, Variable> {
  return new Map(variables.map((variable) => [variable.name, variable]))
}

function layered(
  ...layers: readonly ReadonlyMap<string, Variable>[]
): ReadonlyMap<string, Variable> {
  return new Map(layers.flatMap((layer) => [...layer]))
}

/** The value of a variable; undefined when it is not set or empty. */
function nonEmpty(variables: ReadonlyMap<string, Variable>, name: string): string | undefined {
  const value = variables.get(name)?.value
  return value === '' ? undefined : value
}
