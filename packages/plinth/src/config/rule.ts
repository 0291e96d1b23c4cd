import type { Fault, FaultCode } from './fault.ts'
import type { Source } from './source.ts'
import { sourceOf } from './source.ts'

/** Reads one key of a parsed configuration; undefined when it is not there. */
export type Read = (key: string) => unknown

/** A rule over a whole configuration, such as "two secrets must differ". */
export interface Rule {
  /** What kind of refusal it is; `config.unsafe` by default. */
  readonly code?: FaultCode
  /** Keys at fault; empty when the rule holds. */
  readonly broken: (read: Read) => readonly string[]
  /** What is wrong, as the end of a sentence about the key. */
  readonly says: string
  /** The edit or the command that mends it. */
  readonly fix: string
}

/** Each broken rule as a refusal, with the place where the key was set. */
export function brokenRules(
  rules: readonly Rule[],
  config: unknown,
  sources: ReadonlyMap<string, Source>,
): readonly Fault[] {
  const read = reader(config)
  return rules.flatMap(({ broken, says, fix, code = 'config.unsafe' }) =>
    broken(read).map((key): Fault => {
      const { place, variables } = sourceOf(sources, key)
      return { code, place, key, variables, says, fix }
    }),
  )
}

/** Reads dotted keys of a value. */
export function reader(config: unknown): Read {
  return (key) => {
    let at = config
    for (const name of key.split('.')) {
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
      at = Reflect.get(at, name)
    }
    return at
  }
}
