import { z } from 'zod'
import type { SettingRow } from './describe-settings.ts'
import { redacted } from './redact.ts'
import { reader } from './rule.ts'
import { keyPattern } from './setting-names.ts'
import { shapeOf } from './shape.ts'
import { type Source, sourceOf, sourceText } from './source.ts'

/** One setting of a running configuration. Fit for a screen: secrets are hidden. */
export interface Explanation {
  readonly key: string
  readonly value: unknown
  /** `config.yaml:12 (BASE_URL from .env:3)`, `default`, … */
  readonly source: string
  readonly type: string
  readonly default: string | undefined
  readonly variables: readonly string[]
  readonly description: string
  readonly secret: boolean
}

/** What to explain. */
export interface Explained {
  readonly schema: z.core.$ZodType
  readonly rows: readonly SettingRow[]
  /** Undefined when the configuration was refused: then only the meaning of a key can be told. */
  readonly config: unknown
  readonly sources: ReadonlyMap<string, Source>
}

const NOT_LOADED: Source = { kind: 'default', place: 'not loaded', variables: [] }

/** Explains every setting at or below `key`; all of them without a key. */
export function explainSettings(of: Explained, key = ''): readonly Explanation[] {
  const keys = keysOf(of.schema, of.config, '').filter((each) => isWithin(each, key))
  const found = keys.flatMap((each) => {
    const row = of.rows.find((candidate) => keyPattern(candidate.key).test(each))
    return row === undefined ? [] : [explanation(each, row, of)]
  })
  if (found.length > 0) return found
  const rows = of.rows.filter((row) => standsFor(row.key, key))
  return rows.map((row) => explanation(row.key, row, of))
}

function explanation(key: string, row: SettingRow, { config, sources }: Explained): Explanation {
  return {
    key,
    value: redacted(reader(config)(key), row.secret),
    source: sourceText(config === undefined ? NOT_LOADED : sourceOf(sources, key)),
    type: row.type,
    default: row.fallback,
    variables: row.variables,
    description: row.description,
    secret: row.secret,
  }
}

function isWithin(key: string, above: string): boolean {
  return above === '' || key === above || key.startsWith(`${above}.`)
}

// `oidc.providers.<name>.issuer` stands for what is at or below `oidc.providers.keycloak`.
function standsFor(rowKey: string, key: string): boolean {
  const depth = key.split('.').length
  return keyPattern(rowKey.split('.').slice(0, depth).join('.')).test(key)
}

function keysOf(schema: z.core.$ZodType, value: unknown, key: string): readonly string[] {
  const { base } = shapeOf(schema)
  const below = (name: string) => (key === '' ? name : `${key}.${name}`)
  const child = (name: string) => reader(value)(name)
  if (base instanceof z.ZodObject) {
    return Object.entries(base.shape).flatMap(([name, inner]) =>
      keysOf(inner, child(name), below(name)),
    )
  }
  if (base instanceof z.ZodRecord) {
    const names = typeof value === 'object' && value !== null ? Object.keys(value) : []
    return names.flatMap((name) => keysOf(base.valueType, child(name), below(name)))
  }
  return [key]
}
