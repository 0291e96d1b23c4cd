import type { FastifyReply } from 'fastify'
import type { Charge, Policy, Standing } from './window-store.ts'

/** A counter that was asked, with its answer. */
export interface Counted {
  readonly charge: Charge
  readonly standing: Standing
}

// Says whether others of the same address try keys; told to those only whom it refuses.
const UNTOLD: ReadonlySet<Policy> = new Set(['failed-credentials'])

/**
 * Writes the headers of draft-ietf-httpapi-ratelimit-headers-11: which quotas hold, what is left of
 * each, and in how many seconds more comes back.
 */
export function writeRateHeaders(reply: FastifyReply, counted: readonly Counted[]): void {
  let policies = ''
  let states = ''
  for (const { charge, standing } of counted) {
    if (standing.allowed && UNTOLD.has(charge.policy)) continue
    const between = policies === '' ? '' : ', '
    const { limit, remaining, resetMs } = standing
    policies += `${between}"${charge.policy}";q=${limit};w=${inSeconds(charge.quota.windowMs)}`
    states += `${between}"${charge.policy}";r=${remaining};t=${inSeconds(resetMs)}`
  }
  if (policies === '') return
  reply.header('ratelimit-policy', policies)
  reply.header('ratelimit', states)
}

/** Whole seconds, rounded up: who waits so long finds more. */
export function inSeconds(ms: number): number {
  return Math.ceil(ms / 1_000)
}
