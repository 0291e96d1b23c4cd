import { types } from 'pg'

const { DATE, INT8, TIMESTAMP, TIMESTAMPTZ } = types.builtins
type Parse = (text: string) => unknown

/**
 * How values of rows arrive: as the JSON that will be sent. Instants are ISO 8601 texts in UTC with
 * milliseconds, dates and local times are texts as they are, int8 and numeric are exact texts.
 */
export const rowValues = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parse {
    if (format === 'binary') return types.getTypeParser(oid, 'binary') as Parse
    switch (oid) {
      case TIMESTAMPTZ:
        return isoInstant
      case DATE:
      case INT8:
      case TIMESTAMP:
        return asItIs
      default:
        return types.getTypeParser(oid, 'text') as Parse
    }
  },
} as typeof types

function asItIs(text: string): string {
  return text
}

const UTC = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/
const [DASH, SPACE, DOT] = [45, 32, 46]

/** `2026-01-02 03:04:05.6+00` → `2026-01-02T03:04:05.600Z`. */
function isoInstant(text: string): string {
  // Nine of ten moments have three digits after the dot, and a list has a hundred of them.
  if (text.length === 26 && text.charCodeAt(19) === DOT && isPlainUtc(text)) {
    return `${text.slice(0, 10)}T${text.slice(11, 23)}Z`
  }
  const parts = UTC.exec(text)
  if (parts === null) return otherInstant(text)
  const [, day, time, fraction = ''] = parts
  return `${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
}

function isPlainUtc(text: string): boolean {
  return text.charCodeAt(4) === DASH && text.charCodeAt(10) === SPACE && text.endsWith('+00')
}

/** Another time zone, a year beyond 9999, or infinity. */
function otherInstant(text: string): string {
  const parsed: unknown = types.getTypeParser(TIMESTAMPTZ, 'text')(text)
  return parsed instanceof Date ? parsed.toISOString() : text
}
