import type { Job } from '../../feature/index.ts'
import { job } from '../../feature/index.ts'
import type { Clock } from '../../kernel/index.ts'

/** Removes counts that mean nothing any more. */
export function forgetAttemptsJob(clock: Clock): Job<Record<never, never>> {
  return job('identity.forget_attempts', {
    cron: '*/10 * * * *',
    handle: async ({ tx }) => {
      const now = new Date(clock.now()).toISOString()
      await tx.query('delete from plinth.attempts where forget_at < $1', [now])
    },
  })
}
