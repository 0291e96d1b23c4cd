import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import type { Job } from '../../feature/index.ts'
import { job } from '../../feature/index.ts'
import type { PeopleDeps } from '../people/people-deps.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { invitationEvents } from './invitations.events.ts'
import { forgetEnded, removeInvited, takeLapsed } from './invitations.repository.ts'

const DAY_MS = 86_400_000

type ForgetDeps = Pick<PeopleDeps, 'clock' | 'settings' | 'personProfile'>

/**
 * Once a day: invitations that ended `people.keep_invitations_days` ago go, with the address that they
 * were sent to. Whoever never came goes with them, and all that the tenant had noted of them.
 */
export function forgetInvitationsJob(deps: ForgetDeps): Job<Record<never, never>> {
  const { clock, settings, personProfile } = deps
  return job('identity.forget_invitations', {
    cron: '41 3 * * *',
    in: 'each tenant',
    handle: async ({ tx, actor }) => {
      const before = isoTime(clock.now() - settings.keep_invitations_days * DAY_MS)
      const lapsed = await takeLapsed(tx, before)
      for (const { person } of lapsed) await forgetNobody(tx, personProfile, person)
      const count = lapsed.length + (await forgetEnded(tx, before))
      if (count === 0) return
      const event = invitationEvents.forgotten({ outcome: 'success', data: { count } })
      await record(tx, actor, event)
    },
  })
}

async function forgetNobody(
  tx: Tx,
  personProfile: ForgetDeps['personProfile'],
  person: string | null,
): Promise<void> {
  if (person === null) return
  await personProfile?.remove(tx, person)
  await removeInvited(tx, person)
}
