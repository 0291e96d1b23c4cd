import type { Statement } from '../../data/index.ts'
import type { Job } from '../../feature/index.ts'
import { job } from '../../feature/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'

/** As long as the longest window in which sent codes are counted. */
const DAY_MS = 86_400_000

/** Removes what can never be used again: late challenges and codes, unconfirmed methods, old counts. */
export function sweepFactorsJob(clock: Clock): Job<Record<never, never>> {
  return job('identity.sweep_factors', {
    cron: '*/5 * * * *',
    handle: async ({ tx }) => {
      const now = clock.now()
      await tx.batch(statements(isoTime(now), isoTime(now - DAY_MS)))
    },
  })
}

function statements(now: string, yesterday: string): readonly Statement[] {
  return [
    { text: 'delete from plinth.mfa_challenges where expires_at < $1', values: [now] },
    { text: 'delete from plinth.mfa_codes where expires_at < $1', values: [now] },
    {
      text: 'delete from plinth.mfa_methods where confirmed_at is null and expires_at < $1',
      values: [now],
    },
    { text: 'delete from plinth.remembered_devices where expires_at < $1', values: [now] },
    { text: 'delete from plinth.mfa_sends where window_start < $1', values: [yesterday] },
  ]
}
