import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Tx } from 'plinth/data'
import { CliError, misuse } from '../../cli-error.ts'
import { importModule } from '../../service-process/import-module.ts'

/** What `src/seed.ts` exports: it adds what is missing in the tenant of the transaction. */
export type SeedFunction = (tx: Tx) => unknown

/**
 * Imports `seed` from the service's `src/seed.ts`.
 * @throws CliError when the file or its export is missing
 */
export async function seedFunction(service: string): Promise<SeedFunction> {
  if (!existsSync(join(service, 'src', 'seed.ts'))) {
    throw misuse(
      'There is no src/seed.ts; export async function seed(tx) from it, which adds what is missing.',
    )
  }
  const found: { seed?: unknown } = await importModule(service, 'src/seed.ts')
  if (isSeed(found.seed)) return found.seed
  throw new CliError(
    'src/seed.ts exports no function `seed`; export async function seed(tx) from it.',
  )
}

function isSeed(value: unknown): value is SeedFunction {
  return typeof value === 'function'
}
