import { sqlName } from 'plinth/data'

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
    .replace(/ references ([^\s(]+)\(/, ' references $1 (')
}

/** A type of the catalogue as a person writes it. */
export function typePhrase(type: string): string {
  return type
    .replace('character varying', 'varchar')
    .replace(/^timestamp\((\d)\) with time zone$/, 'timestamptz($1)')
    .replace(/^timestamp with time zone$/, 'timestamptz')
}

/** A policy of the catalogue as a person writes it, without what goes without saying. */
export function policyPhrase(definition: string): string {
  return phrase(definition)
    .replace(/"([a-z]\w*)"/g, (_, name: string) => sqlName(name))
    .replace(/;\s*$/, '')
    .replace(/\s+as permissive\b/, '')
    .replace(/\s+for all\b/, '')
    .replace(/\s+to public\b/, '')
    .replace(/\s+on (\S+)/, ' on $1')
    .replace(/\s+for (\w+)\s+to (\w+)/, ' for $1 to $2')
    .replace(/\(nullif\((.*?), ''\)\)::uuid/g, "nullif($1, '')::uuid")
    .replace(/\s*\b(using|with check) \(\((.*)\)\)/g, '\n  $1 ($2)')
    .trim()
}
