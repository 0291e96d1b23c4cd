/**
 * A definition of PostgreSQL's catalogue as a person writes it: lower case outside texts, no casts of
 * texts to text, `in (…)` for `= ANY (ARRAY[…])`, one pair of parentheses.
 */
export function phrase(definition: string): string {
  const lower = definition.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Z_]+/g, (part) =>
    /^['"]/.test(part) ? part : part.toLowerCase(),
  )
  return lower
    .replace(/('(?:[^']|'')*')::(?:text|character varying)(?!\[)/g, '$1')
    .replace(/= any \(array\[([^\]]*)\]\)/g, 'in ($1)')
    .replace(/\((\w+)\)::text in \(/g, '$1 in (')
    .replace(/^check \(\((.*)\)\)$/s, 'check ($1)')
    .replace(/ using btree \(/, ' (')
    .replace(/^references (\S+)\(/, 'references $1 (')
}

/** A type of the catalogue as a person writes it. */
export function typePhrase(type: string): string {
  return type
    .replace('character varying', 'varchar')
    .replace(/^timestamp\((\d)\) with time zone$/, 'timestamptz($1)')
    .replace(/^timestamp with time zone$/, 'timestamptz')
}
