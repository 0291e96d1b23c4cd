import type { Variable } from './variable.ts'

/** Where the value of one key came from. */
export interface Source {
  readonly kind: 'code' | 'command' | 'default' | 'file' | 'variable'
  /** `config.yaml:12`, `.env:3`, `environment`, `default`, the path of a secret file, … */
  readonly place: string
  /** Variables that took part in the value. */
  readonly variables: readonly Variable[]
}

/** The source of a key that nobody set. */
export const fromDefault: Source = { kind: 'default', place: 'default', variables: [] }

/** A source as a person reads it: `config.yaml:12 (BASE_URL from .env:3)`. */
export function sourceText(source: Source): string {
  if (source.kind === 'variable') return source.variables.map(variableText).join(', ')
  if (source.variables.length === 0) return source.place
  return `${source.place} (${source.variables.map(variableText).join(', ')})`
}

function variableText(variable: Variable): string {
  return `${variable.name} from ${variable.place}`
}

/** The source of a key or of the nearest block above it that has one. */
export function sourceOf(sources: ReadonlyMap<string, Source>, key: string): Source {
  const parts = key.split('.')
  for (let length = parts.length; length > 0; length--) {
    const source = sources.get(parts.slice(0, length).join('.'))
    if (source !== undefined) return source
  }
  return fromDefault
}
