import { setTimeout as pause } from 'node:timers/promises'
import { roleStanding } from '../data/index.ts'
import { announce } from './announce.ts'
import type { Service } from './service.ts'

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000

/**
 * Asks, as soon as the database answers, whether its role is one that row-level security binds. One
 * that is not ends the process (TN-39); until the answer is there the service is live, not ready.
 */
export async function watchRole(service: Service): Promise<void> {
  const { database, loaded, log, metrics, drain } = service
  let pauseMs = FIRST_PAUSE_MS
  while (!drain.draining()) {
    const standing = await roleStanding(database.platform).catch(() => undefined)
    if (standing?.code === 'refused') return refuse(standing.sentence)
    if (standing?.code === 'bound') {
      if (standing.ownsTables) announce(loaded, { databaseRoleOwnsTables: true }, { log, metrics })
      return
    }
    log.warn({}, 'the database does not answer; trying again')
    await pause(pauseMs, undefined, { ref: false })
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  }
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}
