import { CliError } from '../cli-error.ts'

/** Turns what the database refused, or what was named and is not there, into a sentence. */
export function ownerOnly(error: unknown): never {
  if (error instanceof TypeError) throw new CliError(`${error.message}.`, 2, error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== '42501') throw error
  throw new CliError(
    'The database role may not do this; set DATABASE_OWNER_URL to the URL of the owner, which "plinth db setup" prints.',
    2,
    error,
  )
}
