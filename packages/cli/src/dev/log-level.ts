import { misuse } from '../cli-error.ts'
import { suggestion } from '../suggestion.ts'

const LEVELS = ['debug', 'info', 'warning', 'error', 'warn'] as const

/**
 * A log level that a person typed, before anything is started for it.
 * @throws CliError naming the nearest one
 */
export async function levelNamed(name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined
  const found = LEVELS.find((level) => level === name.toLowerCase())
  if (found !== undefined) return found
  const near = await suggestion(name, LEVELS)
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  throw misuse(`--log-level takes debug, info, warning or error, not "${name}".${hint}`)
}
