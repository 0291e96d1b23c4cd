import type { Job } from '../../feature/index.ts'
import { job } from '../../feature/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { isoTime } from './mint-session.ts'
import { ROTATION_GRACE_SECONDS } from './session.ts'
import { sweep } from './sessions.repository.ts'

/** Removes ended sessions, sealed successors beyond the grace and pending logins that ran out. */
export function sweepJob(clock: Clock): Job<Record<never, never>> {
  return job('identity.sweep', {
    cron: '*/5 * * * *',
    handle: async ({ tx }) => {
      const now = clock.now()
      await sweep(tx, isoTime(now), isoTime(now - ROTATION_GRACE_SECONDS * 1_000))
    },
  })
}
