import pg from 'pg'

/** What pg itself makes of a value; its types leave it out. */
const { utils } = pg as typeof pg & {
  readonly utils: { prepareValue(value: unknown): string | Buffer | null }
}

/** A value as a statement takes it: a text, bytes, or null. */
export function wireValue(value: unknown): string | Buffer | null {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? null : utils.prepareValue(value)
}
