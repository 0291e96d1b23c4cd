import { misuse } from '../cli-error.ts'

/** A value that a command cannot do without. @throws CliError (exit code 2) with an example */
export function requiredValue(value: string | undefined, example: string): string {
  if (value !== undefined && value !== '') return value
  throw misuse(`Something is missing: ${example}`)
}
