const NAME = /^[a-z][a-z0-9_]{0,39}$/

/** Longest identifier that PostgreSQL keeps whole, in bytes. */
const LONGEST = 63

// PostgreSQL 18, appendix C: the words that a column or table may not be named without quotes.
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check
  collate collation column concurrently constraint create cross current_catalog current_date
  current_role current_schema current_time current_timestamp current_user default deferrable desc
  distinct do else end except false fetch for foreign freeze from full grant group having ilike in
  initially inner intersect into is isnull join lateral leading left like limit localtime
  localtimestamp natural not notnull null offset on only or order outer overlaps placing primary
  references returning right select session_user similar some symmetric system_user table tablesample
  then to trailing true union unique user using variadic verbose when where window with`.split(
    /\s+/,
  ),
)

/** Whether a text may name an entity, a column or a constraint: `[a-z][a-z0-9_]*`, at most 40. */
export function isName(text: string): boolean {
  return NAME.test(text) && !(text in Object.prototype)
}

/** The identifier as SQL text. Only declared names come here; the grammar leaves nothing to escape. */
export function quote(identifier: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(identifier)) {
    throw new TypeError(`"${identifier}" is not a name that SQL text may carry`)
  }
  return `"${identifier}"`
}

/** The identifier as a person writes it in a migration: quoted only where PostgreSQL needs it. */
export function plain(identifier: string): string {
  return RESERVED.has(identifier) ? quote(identifier) : identifier
}

/**
 * Joins parts into the name of a constraint or index.
 * @throws TypeError when PostgreSQL would cut it (it would then be known under another name)
 */
export function objectName(...parts: readonly string[]): string {
  const name = parts.join('_')
  if (name.length <= LONGEST) return name
  throw new TypeError(`the name "${name}" is longer than PostgreSQL's ${LONGEST} characters`)
}
