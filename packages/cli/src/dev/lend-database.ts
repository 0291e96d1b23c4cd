import { findDevFolder } from './dev-folder.ts'
import { ensureSecrets } from './dev-secrets.ts'
import { readState } from './dev-state.ts'
import { isRunning } from './process-stamp.ts'
import { readNeeds } from './service-needs.ts'

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
  // A configuration with faults is the command's to report.
  const needs = await readNeeds(request).catch(() => undefined)
  if (needs === undefined || !needs.database) return
  const { DATABASE_URL } = state.environment
  Object.assign(process.env, needs.secrets, { DATABASE_URL, DATABASE_OWNER_URL: state.ownerUrl })
}
