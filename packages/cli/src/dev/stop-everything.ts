import { setTimeout as sleep } from 'node:timers/promises'
import type { DevFolder } from './dev-folder.ts'
import { clearState, readState } from './dev-state.ts'
import { isRunning, type ProcessMark, signal } from './process-stamp.ts'

const POLL_MS = 50
/** Longer than a drain and a database's last checkpoint take. */
const PATIENCE_MS = 30_000

/** Stops what runs for a service, in order, and clears what a killed run left behind; data stays. */
export async function stopEverything(folder: DevFolder): Promise<readonly string[]> {
  const stopped: string[] = []
  const server = readState(folder.home, 'server')
  if (await end(server?.supervisor, 'SIGTERM')) stopped.push('server')
  for (const child of server?.children ?? []) await end(child, 'SIGKILL')
  const services = readState(folder.home, 'state')
  if (await end(services?.supervisor, 'SIGTERM')) stopped.push('services')
  // Where even the guard of Keycloak was killed, its process is ended by its number.
  if (await end(services?.provider?.process, 'SIGTERM')) stopped.push('keycloak')
  // PostgreSQL outlives a supervisor that was killed; SIGINT is its fast shutdown.
  if (await end(services?.postgres?.process, 'SIGINT')) stopped.push('postgres')
  clearState(folder.home, 'server')
  clearState(folder.home, 'state')
  return stopped
}

/** Ends a Keycloak that a killed run left behind: two of them cannot share their data. */
export async function endLeftKeycloak(folder: DevFolder): Promise<void> {
  await end(readState(folder.home, 'state')?.provider?.process, 'SIGTERM')
}

async function end(mark: ProcessMark | undefined, name: NodeJS.Signals): Promise<boolean> {
  if (!signal(mark, name)) return false
  const deadline = performance.now() + PATIENCE_MS
  while (isRunning(mark) && performance.now() < deadline) await sleep(POLL_MS)
  signal(mark, 'SIGKILL')
  return true
}
