import type { Tx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import type { Notify } from '../../notify/index.ts'
import { invitationMail } from '../../notify/index.ts'
import type { IdentityHooks } from '../hooks.ts'
import { issueOneTime, voidOneTime } from '../one-time/one-time-tokens.ts'
import type { PeopleSettings } from '../people/people.settings.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { INVITATION_PAGE } from './invitation-page.ts'

/** What asking people in needs. */
export interface InviteDeps {
  readonly clock: Clock
  readonly settings: PeopleSettings
  readonly notify: Pick<Notify, 'mail'>
  /** `app.base_url`: where the link leads, whatever a request says of its host (MF-44). */
  readonly baseUrl: string
  /** Whether anybody is to see that there are tenants. */
  readonly tenantsVisible: boolean
  readonly hooks: IdentityHooks | undefined
}

/** Until when an invitation that is sent now can be accepted, ISO 8601. */
export function untilOf({ clock, settings }: Pick<InviteDeps, 'clock' | 'settings'>): string {
  return isoTime(clock.now() + settings.invitation_hours * 3_600_000)
}

/** Mails an invitation with a new token; one that was sent before is void. */
export async function sendInvitation(
  deps: InviteDeps,
  tx: Tx,
  one: { readonly id: Id<'invitation'>; readonly person: Id<'person'>; readonly email: string },
): Promise<void> {
  const { clock, baseUrl } = deps
  await voidOneTime(tx, clock, { purpose: 'invitation', person: one.person })
  const token = await issueOneTime(tx, clock, {
    purpose: 'invitation',
    person: one.person,
    data: { tenant: tx.tenant, invitation: one.id },
    ttlSeconds: deps.settings.invitation_hours * 3_600,
  })
  const { name, tenant } = await namesOf(tx, one.person)
  await deps.notify.mail(
    tx,
    invitationMail,
    { name, address: one.email },
    {
      name,
      tenant: deps.tenantsVisible ? tenant : null,
      until: untilOf(deps),
      link: `${baseUrl}${INVITATION_PAGE}#token=${token}`,
      baseUrl,
    },
  )
}

async function namesOf(tx: Tx, person: string): Promise<{ name: string; tenant: string }> {
  const { rows } = await tx.query<{ name: string; tenant: string }>(
    'select p.name, t.name as tenant from plinth.people p, plinth.tenants t where p.id = $1 and t.id = $2',
    [person, tx.tenant],
  )
  const { name = '', tenant = '' } = rows[0] ?? {}
  return { name: unlinked(name), tenant: unlinked(tenant) }
}

/** What somebody else wrote stands in a mail of ours: nothing in it becomes a link. */
function unlinked(text: string): string {
  return text.replaceAll(/[/\\:@]+/g, ' ').replaceAll(/\.(?=\S)/g, '. ')
}
