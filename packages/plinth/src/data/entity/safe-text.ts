/** What is wrong with a text that must reach PostgreSQL, a log and a terminal unharmed. */
export function textFault(text: string): string | undefined {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) return CONTROL
  }
  // A lone surrogate has no UTF-8 form: it would come back as another character.
  return LONE_SURROGATE.test(text) ? SURROGATE : undefined
}

const LONE_SURROGATE = /\p{Surrogate}/u
const CONTROL = 'Must not contain control characters other than tab, newline and carriage return'
const SURROGATE = 'Must not contain half of a surrogate pair'

/** The first fault in any text of a JSON value, keys included. */
export function jsonFault(value: unknown): string | undefined {
  if (typeof value === 'string') return textFault(value)
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const fault = textFault(key) ?? jsonFault(inner)
    if (fault !== undefined) return fault
  }
  return undefined
}
