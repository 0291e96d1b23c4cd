import { findDevFolder } from './dev-folder.ts'
import { ensureSecrets } from './dev-secrets.ts'
import { readState } from './dev-state.ts'
import { isRunning } from './process-stamp.ts'
import { readLacks } from './service-needs.ts'

/**
 * Lets `plinth db …` work on the database that runs for development, where the service has no other:
 * sets the variables that the service lacks, in this process only. Anywhere else it does nothing.
 */
export async function lendDatabase(): Promise<void> {
  const folder = findDevFolder()
  if (folder === undefined) return
  const state = readState(folder.home, 'state')
  if (state?.postgres === undefined || !isRunning(state.postgres.process)) return
  const request = {
    service: folder.service,
    env: process.env,
    secrets: ensureSecrets(folder.secrets),
  }
  // Other faults of the configuration are the command's to report: those, and none that this mends.
  const lacks = await readLacks(request)
  if (lacks === undefined || !lacks.database) return
  const { DATABASE_URL } = state.environment
  Object.assign(process.env, lacks.secrets, { DATABASE_URL, DATABASE_OWNER_URL: state.ownerUrl })
}
