import { misuse } from '../../cli-error.ts'
import { reservedFor } from './reserved-words.ts'

/** The spellings of an entity's name. */
export interface EntityName {
  /** As declared, and before its permissions: `purchase_order`. */
  readonly snake: string
  /** Folder and files: `purchase-order`. */
  readonly kebab: string
  /** The constant: `purchaseOrder`. */
  readonly camel: string
  /** As people are shown it: `PurchaseOrder`. */
  readonly pascal: string
  /** In a sentence: `purchase order`. */
  readonly words: string
}

const GRAMMAR = /^[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*$/
const LONGEST = 40
const LONGEST_SHOWN = 60

/**
 * Reads the name of an entity: letters and digits, as `Product`, `PurchaseOrder`, `purchase_order` or
 * `purchase-order`. It becomes a folder, a table and a constant, so nothing else passes: no path, no
 * space, no sign, no letter beyond ASCII, no reserved word.
 * @throws CliError (exit code 2) in one sentence
 */
export function entityName(text: string): EntityName {
  const parts = GRAMMAR.test(text) && text.length <= LONGEST ? partsOf(text) : []
  const snake = parts.join('_')
  const pascal = parts.map(capital).join('')
  const camel = pascal.charAt(0).toLowerCase() + pascal.slice(1)
  if (snake === '' || snake.length > LONGEST) {
    throw misuse(
      `${shown(text)} cannot name an entity: say a singular noun of letters and digits, at most ${LONGEST}, such as Product or PurchaseOrder.`,
    )
  }
  const why = camel in Object.prototype ? 'is a name that every object has' : reservedFor(snake)
  if (why !== undefined) {
    throw misuse(`${shown(text)} cannot name an entity: it ${why}; choose another noun.`)
  }
  return {
    snake,
    kebab: parts.join('-'),
    camel,
    pascal,
    words: parts.join(' '),
  }
}

/** A text that a person gave, on one line and cut where it is long. */
export function shown(text: string): string {
  const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
  return JSON.stringify(cut).replace(
    /[^\x20-\x7e…]/g,
    (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}

/** A word with a capital: `name` → `Name`. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** `HTTPServer2` → `http`, `server2`. */
function partsOf(text: string): string[] {
  return text
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_-]/)
}
