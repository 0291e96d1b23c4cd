import { setTimeout as pause } from 'node:timers/promises'
import type { RoleStanding } from '../data/index.ts'
import { roleStanding } from '../data/index.ts'
import { announce } from './announce.ts'
import { ConfigRefused } from './load-service-config.ts'
import type { Service } from './service.ts'

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
const FIRST_LOOK_MS = 1_500

/**
 * Asks, as soon as the database answers, whether its role is one that row-level security binds
 * (TN-39); until the answer is there the service is live, not ready.
 * @returns the sentence to refuse with; undefined when the role is safe or the service leaves first
 */
export async function watchRole(service: Service): Promise<string | undefined> {
  const { log, drain } = service
  let pauseMs = FIRST_PAUSE_MS
  while (!drain.draining()) {
    const { standing, error } = await look(service)
    if (standing !== undefined) return settle(service, standing)
    log.warn({ error }, 'the database does not answer; trying again')
    await pause(pauseMs, undefined, { ref: false })
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  }
  return undefined
}

/**
 * The same question for a server in a process that is not ours to end: an unsafe role keeps it from
 * becoming ready, and closes it where the database answered later.
 * @throws ConfigRefused when the role is not bound by row-level security
 */
export async function requireSafeRole(service: Service): Promise<void> {
  const late = pause(FIRST_LOOK_MS, undefined, { ref: false })
  const { standing } = (await Promise.race([look(service), late])) ?? {}
  if (standing === undefined) return void closeWhenUnsafe(service)
  const sentence = settle(service, standing)
  if (sentence !== undefined) throw new ConfigRefused([sentence])
}

async function closeWhenUnsafe(service: Service): Promise<void> {
  const sentence = await watchRole(service)
  if (sentence === undefined) return
  service.log.error({}, sentence)
  await service.app.close()
}

interface Looked {
  readonly standing?: RoleStanding
  /** Why there is no answer: nobody there, a wrong password, no connection left. */
  readonly error?: unknown
}

function look({ database }: Service): Promise<Looked> {
  return roleStanding(database.platform).then(
    (standing) => ({ standing }),
    (error: unknown) => ({ error }),
  )
}

function settle(service: Service, standing: RoleStanding): string | undefined {
  if (standing.code === 'refused') return standing.sentence
  const { loaded, log, metrics } = service
  if (standing.ownsTables) announce(loaded, { databaseRoleOwnsTables: true }, { log, metrics })
  return undefined
}
