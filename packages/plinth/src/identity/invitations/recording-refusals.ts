import type { Actor } from '../../access/index.ts'
import { recordOutside } from '../../audit/index.ts'
import type { Id } from '../../kernel/index.ts'
import { AppError } from '../../kernel/index.ts'
import type { Identity } from '../identity-deps.ts'
import { peopleProblems } from '../people/people.errors.ts'
import { invitationProblems } from './invitations.errors.ts'
import { invitationEvents } from './invitations.events.ts'

/** Told into which tenant an invitation leads, once its token was found good. */
export type IntoTenant = (tenant: Id<'tenant'>) => void

const REASONS = {
  [invitationProblems.invalid.code]: 'invalid_token',
  [invitationProblems.otherAddress.code]: 'other_address',
  [invitationProblems.signInFirst.code]: 'sign_in_first',
  [invitationProblems.noAccounts.code]: 'no_accounts',
  [peopleProblems.refusedByHook.code]: 'refused',
} as const

/** Runs the acceptance of an invitation; a refusal leaves its row, whoever it was that tried. */
export async function recordingRefusals<T>(
  { platform }: Pick<Identity, 'platform'>,
  actor: Actor,
  accept: (into: IntoTenant) => Promise<T>,
): Promise<T> {
  let tenant: Id<'tenant'> | undefined
  try {
    return await accept((found) => {
      tenant = found
    })
  } catch (error) {
    const reason = reasonOf(error)
    if (reason !== undefined) {
      const event = invitationEvents.accepted({ outcome: 'denied', reason })
      await recordOutside(platform, actor, event, tenant)
    }
    throw error
  }
}

/** Runs what else a token of an invitation is good for; one that is none leaves its row. */
export async function recordingBadTokens<T>(
  { platform }: Pick<Identity, 'platform'>,
  { actor, as }: { readonly actor: Actor; readonly as: 'looked_at' | 'declined' },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === 'invalid_token') {
      await recordOutside(platform, actor, invitationEvents[as]({ outcome: 'denied', reason }))
    }
    throw error
  }
}

function reasonOf(error: unknown) {
  return error instanceof AppError ? REASONS[error.code] : undefined
}
