import type { Variable } from './variable.ts'

/** What kind of refusal it is; stable, for tools that read `plinth config check --json`. */
export type FaultCode =
  | 'config.conflict'
  | 'config.environment'
  | 'config.file'
  | 'config.forbidden_key'
  | 'config.invalid'
  | 'config.missing'
  | 'config.not_set'
  | 'config.reference'
  | 'config.secret_file'
  | 'config.substitution'
  | 'config.syntax'
  | 'config.unknown_key'
  | 'config.unsafe'

/** One reason why the service does not start. Holds no secret value. */
export interface Fault {
  readonly code: FaultCode
  /** Where the value stands: `config.yaml:12`, `.env:3`, `environment`. */
  readonly place: string
  /** Dotted key, when one key is at fault: `app.base_url`. */
  readonly key?: string
  /** Variables that took part, with the place of each. */
  readonly variables?: readonly Variable[]
  /** What is wrong, as the end of a sentence about the key. */
  readonly says: string
  /** The edit or the command that mends it. */
  readonly fix: string
}

/** Something that the service accepts and a person should know. */
export interface Notice {
  readonly code: 'config.deprecated' | 'config.later' | 'config.near_name'
  readonly place: string
  readonly says: string
}

/** One line for a person: `config.yaml:12 app.base_url: what is wrong → what to do`. */
export function faultLine(fault: Fault): string {
  const subject = [fault.place, keyWithVariables(fault)].filter((part) => part !== '').join(' ')
  return oneLine(`${subject}: ${fault.says} → ${fault.fix}`)
}

/** One line for a person. */
export function noticeLine(notice: Notice): string {
  return oneLine(`${notice.place}: ${notice.says}`)
}

function keyWithVariables({ key = '', variables = [], place }: Fault): string {
  const via = variables.map((v) => (v.place === place ? v.name : `${v.name} from ${v.place}`))
  if (via.length === 0) return key
  return key === '' ? via.join(', ') : `${key} (${via.join(', ')})`
}

// A value from outside may hold terminal escapes or line breaks; a refusal stays one plain line.
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  })
}
