import { misuse } from '../cli-error.ts'

/**
 * The number of the migration that a person means: `head`, `3`, `0003` or `0003_add_weight`.
 * @param names every migration of the set, in order
 * @throws CliError when there is none
 */
export function revisionNumber(text: string, names: readonly string[]): number {
  if (text === 'head') return Number.parseInt(names.at(-1) ?? '0', 10)
  const number = /^\d{1,4}$/.test(text) ? Number(text) : undefined
  if (number === 0) return 0
  const found = names.find((name) => name === text || Number.parseInt(name, 10) === number)
  if (found !== undefined) return Number.parseInt(found, 10)
  const known = names.length === 0 ? 'there is none yet' : `the last one is ${names.at(-1)}`
  throw misuse(`There is no migration "${text}"; ${known}.`)
}
