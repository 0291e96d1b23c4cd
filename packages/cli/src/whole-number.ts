import { misuse } from './cli-error.ts'

/**
 * A whole number that a person typed.
 * @throws CliError naming the option and its range
 */
export function wholeNumber(
  option: string,
  text: string,
  range: { readonly least: number; readonly most: number },
): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= range.least && value <= range.most) return value
  throw misuse(
    `${option} takes a whole number from ${range.least} to ${range.most}, not "${text}".`,
  )
}
