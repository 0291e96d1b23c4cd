import type { LiveColumn, LiveTable } from './catalogue.ts'

const ZEROES: readonly (readonly [type: RegExp, value: string])[] = [
  [/^(bigint|integer|numeric|double precision)/, '0'],
  [/^boolean$/, 'false'],
  [/^text\[\]$/, "'{}'"],
  [/^(text|character varying)/, "''"],
  [/^uuid$/, 'gen_random_uuid()'],
  [/^jsonb$/, "'{}'"],
  [/^date$/, "'1970-01-01'"],
  [/^timestamp/, 'now()'],
]

/**
 * What rows get in a NOT NULL column that comes back: its values are gone, and without any the way
 * back would only be open to an empty table. Undefined where it needs none, or where none would do.
 */
export function fillFor(
  table: LiveTable,
  name: string,
  { required, expression, type }: LiveColumn,
): string | undefined {
  if (!required || expression !== undefined) return undefined
  const own = [...table.constraints.values()].filter((text) =>
    new RegExp(`\\b${name}\\b`).test(text),
  )
  if (own.some((text) => text.startsWith('FOREIGN KEY'))) return undefined
  const listed = own.map((text) => /= (?:ANY \(\(?ARRAY\[)?'((?:[^']|'')*)'/.exec(text)?.[1])
  const first = listed.find((text) => text !== undefined)
  if (first !== undefined) return `'${first}'`
  return ZEROES.find(([known]) => known.test(type))?.[1]
}
