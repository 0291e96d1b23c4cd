import { z } from 'zod'
import { isSecretName } from './redact.ts'
import type { SettingNames } from './setting-names.ts'
import { keyPattern, variablesOf } from './setting-names.ts'
import { shapeOf } from './shape.ts'
import { typeText } from './type-text.ts'

/** One setting as documentation shows it. */
export interface SettingRow {
  /** Dotted key; `<name>` stands for a name of the owner's choice. */
  readonly key: string
  /** What it takes: `a whole number from 0 to 65535`. */
  readonly type: string
  readonly required: boolean
  /** Default as JSON; undefined when there is none. */
  readonly fallback: string | undefined
  /** Variables that set it, the current name first. */
  readonly variables: readonly string[]
  readonly description: string
  readonly secret: boolean
}

/** Every setting of a schema, in the order of declaration. */
export function describeSettings(
  schema: z.core.$ZodType,
  names: SettingNames,
): readonly SettingRow[] {
  return rowsOf(schema, '', names)
}

function rowsOf(schema: z.core.$ZodType, key: string, names: SettingNames): readonly SettingRow[] {
  const { base } = shapeOf(schema)
  const below = (name: string) => (key === '' ? name : `${key}.${name}`)
  if (base instanceof z.ZodObject) {
    return Object.entries(base.shape).flatMap(([name, child]) => rowsOf(child, below(name), names))
  }
  if (base instanceof z.ZodRecord) {
    const inner = rowsOf(base.valueType, below('<name>'), names)
    return inner.map((row) => ({ ...row, variables: namedVariables(names, row.key) }))
  }
  return [rowOf(schema, key, names)]
}

function rowOf(schema: z.core.$ZodType, key: string, names: SettingNames): SettingRow {
  const shape = shapeOf(schema)
  return {
    key,
    type: typeText(schema),
    required: !shape.mayBeAbsent,
    fallback: shape.fallback === undefined ? undefined : JSON.stringify(shape.fallback),
    variables: variablesOf(names, key),
    description: shape.description ?? '',
    secret: shape.secret || isSecretName(key),
  }
}

// oidc.providers.<name>.issuer is set by OIDC_KEYCLOAK_ISSUER and its like.
function namedVariables(names: SettingNames, pattern: string): readonly string[] {
  const matches = keyPattern(pattern)
  return names.variables.filter(({ key = '' }) => matches.test(key)).map(({ name }) => name)
}
