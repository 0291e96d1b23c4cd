import { typePhrase } from './phrase.ts'

const TIMESTAMP = 'timestamp(3) with time zone'

/**
 * What a value becomes in a column of another type, as SQL: what was written is what is read. A plain
 * cast reads a text as JSON or as a list, and a day by the time zone of whoever migrates.
 * @param column its name as SQL text
 */
export function castText(column: string, from: string, to: string): string {
  const cast = typePhrase(to)
  if (to === 'jsonb') return `to_jsonb(${column})`
  if (from === 'jsonb') {
    const text = `${column} #>> '{}'`
    return isText(to) ? text : `(${text})::${cast}`
  }
  if (isText(from) && to === 'text[]') {
    return `case when ${column} is not null then array[${column}]::text[] end`
  }
  if (from === 'text[]' && isText(to)) return `array_to_string(${column}, ', ')`
  if (from === 'date' && to === TIMESTAMP) return `${column}::timestamp at time zone 'UTC'`
  if (from === TIMESTAMP && to === 'date') return `(${column} at time zone 'UTC')::date`
  return `${column}::${cast}`
}

function isText(type: string): boolean {
  return /^(text|character varying.*)$/.test(type) && !type.endsWith('[]')
}
