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
    .replace(/('(?:[^']|'')*')(?:::(?:text|character varying)\b(?!\[))?/g, '$1')
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

/** How a policy asks for the tenant of the connection. */
const TENANT = "nullif(current_setting('plinth.tenant_id', true), '')"

/** A policy of the catalogue as a person writes it, without what goes without saying. */
export function policyPhrase(definition: string): string {
  const line = phrase(definition.trim().replace(/;$/, '').split(/\s+/).join(' '))
    .replace(/"([a-z]\w*)"/g, (_, name: string) => sqlName(name))
    .replace(' as permissive', '')
    .replace(' for all', '')
    .replace(' to public', '')
    .replaceAll(`(${TENANT})::uuid`, `${TENANT}::uuid`)
  const [before = '', check] = line.split(' with check ')
  const [head = '', using] = before.split(' using ')
  return [head, ...clause('using', using), ...clause('with check', check)].join('\n  ')
}

function clause(word: string, condition: string | undefined): string[] {
  if (condition === undefined) return []
  const twice = condition.startsWith('((') && condition.endsWith('))')
  return [`${word} ${twice ? condition.slice(1, -1) : condition}`]
}
