import type { z } from 'zod'
import { readConfigFile } from './config-file.ts'
import { decideEnvironment, type Environment } from './environment.ts'
import type { Fault, Notice } from './fault.ts'
import { frozen } from './freeze.ts'
import { nearNames } from './near-names.ts'
import { overlayVariables, renameKeys } from './overlay.ts'
import { type Findings, plainValue } from './plain-value.ts'
import { brokenRules, type Rule } from './rule.ts'
import { schemaFaults } from './schema-faults.ts'
import type { SettingNames } from './setting-names.ts'
import type { Source } from './source.ts'
import { referencedNames } from './substitute.ts'
import { dereferenced, mapScalars, type ResolveSecret, substituted } from './substitute-tree.ts'
import { scalar, type Tree, type TreeMap, withNode } from './tree.ts'
import { readBaseVariables, readVariables } from './variables.ts'

/** A value given in code. */
export type GivenValue = string | number | boolean | null | readonly string[]

/** Values by dotted key. */
export type GivenValues = Readonly<Record<string, GivenValue>>

/** What to load and from where. */
export interface LoadOptions<S extends z.ZodObject> {
  /** Schema of the whole `config:` block, a strict object. */
  readonly schema: S
  readonly names: SettingNames
  /** Folder of the service: config.yaml, .env and the secrets folder stand in it. */
  readonly cwd: string
  /** Variables of the process. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Default `config.yaml`; null reads no file. */
  readonly file?: string | null
  /** Environment to load for, whatever the variables and the file say. */
  readonly profile?: string
  /** Values by dotted key that win over everything; for tests and for embedding. */
  readonly values?: GivenValues
  /** Rules over the parsed whole; a broken one refuses. */
  readonly rules?: readonly Rule[]
  /** Fetches secret references such as `openbao://secret/data/app#key`. */
  readonly resolveSecret?: ResolveSecret
}

/** A configuration, or every reason why there is none. */
export type Loaded<T> =
  | {
      readonly ok: true
      /** Parsed by the schema and deeply frozen. */
      readonly config: T
      readonly environment: string
      /** Source of each key that somebody set; the others have their default. */
      readonly sources: ReadonlyMap<string, Source>
      readonly notices: readonly Notice[]
    }
  | {
      readonly ok: false
      readonly environment: string
      readonly faults: readonly Fault[]
      readonly notices: readonly Notice[]
    }

/**
 * Loads the configuration of a service. Never throws for what a person wrote: every mistake is one
 * refusal in the answer, and all are found in one run.
 */
export async function loadConfig<S extends z.ZodObject>(
  options: LoadOptions<S>,
): Promise<Loaded<z.output<S>>> {
  const { schema, names, rules = [] } = options
  const gathered = await gather(options)
  const { findings, environment } = gathered
  const { sources, notices } = findings
  const value = plainValue(gathered.tree, schema, names, findings)
  // Read once: code of its own for each block would be compiled in vain.
  const parsed = schema.safeParse(value, { jitless: true })
  const faults = parsed.success
    ? [...findings.faults, ...brokenRules(rules, parsed.data, sources)]
    : [
        ...findings.faults,
        ...schemaFaults(parsed.error.issues, { ...gathered, schema, names, value }),
      ]
  if (!parsed.success || faults.length > 0) return { ok: false, environment, faults, notices }
  return { ok: true, environment, config: frozen(parsed.data), sources, notices }
}

interface Gathered {
  readonly tree: Tree
  readonly environment: string
  readonly findings: Findings
  readonly file: string
}

// File, then variables, then the caller's values; `${…}` last, so that what is overridden is not read.
async function gather(options: LoadOptions<z.ZodObject>): Promise<Gathered> {
  const { cwd, env, schema, names, file = 'config.yaml', profile } = options
  const written = await readConfigFile(cwd, file)
  const base = await readBaseVariables(cwd, env)
  const environment = decideEnvironment(names, written.tree, base.byName, profile)
  const used = referencedNames(written.tree)
  const wanted = [...names.variables.map(({ name }) => name), ...used]
  const { byName, faults } = await readVariables({
    cwd,
    env,
    environment: environment.name,
    wanted,
  })
  const renamed = renameKeys(written.tree, names)
  const overlaid = overlayVariables(renamed.tree, schema, names, byName)
  const findings: Findings = {
    sources: new Map(),
    blocks: new Map(),
    faults: [written, environment, { faults }, renamed, overlaid].flatMap((found) => found.faults),
    notices: [...renamed.notices, ...overlaid.notices, ...nearNames(names, byName, used)],
  }
  const given = withValues(withEnvironment(overlaid.tree, names, environment), options.values ?? {})
  const filled = await mapScalars(
    given,
    substituted((name) => byName.get(name), findings.faults),
  )
  const tree = await mapScalars(filled, dereferenced(options.resolveSecret, findings.faults))
  return { tree, environment: environment.name, findings, file: file ?? 'environment' }
}

function withEnvironment(
  tree: TreeMap,
  names: SettingNames,
  { name, source }: Environment,
): TreeMap {
  const { place, variables, kind } = source
  if (kind === 'default') return tree
  return withNode(tree, names.environment.key, scalar(name, place, { from: kind, variables }))
}

function withValues(tree: TreeMap, values: GivenValues): TreeMap {
  let given = tree
  for (const [key, value] of Object.entries(values)) given = withNode(given, key, nodeOf(value))
  return given
}

function nodeOf(value: GivenValue): Tree {
  const place = 'code'
  if (typeof value === 'object' && value !== null) {
    return { kind: 'list', place, items: value.map((item) => nodeOf(item)) }
  }
  return scalar(value, place, { from: 'code', variables: [] })
}
