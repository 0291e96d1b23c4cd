import type { Actor, Principal } from '../../access/index.ts'
import { provesTwoFactors } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Id } from '../../kernel/index.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { mfaProblems } from './mfa.errors.ts'
import { mfaEvents } from './mfa.events.ts'
import type { MfaParts } from './mfa-parts.ts'
import type { MfaRule } from './rules.repository.ts'
import { writeRule } from './rules.repository.ts'

/** A rule that somebody gives a tenant. */
export interface RuleChange {
  readonly tenant: Id<'tenant'>
  readonly rule: MfaRule
  readonly principal: Principal
  readonly actor: Actor
}

/**
 * Changes of whom a tenant demands a second factor. A rule that demands one holds at once: sessions in
 * the tenant that began without end. Whoever makes it has shown one, so that nobody shuts themselves
 * out, and a key or a stolen password changes no rule.
 * @returns how many sessions ended
 * @throws AppError 403 mfa.own_factor_first
 */
export async function changeRule(
  { platform, clock }: Pick<MfaParts, 'platform' | 'clock'>,
  { tenant, rule, principal, actor }: RuleChange,
): Promise<number> {
  const { session, amr = [] } = principal.credential
  if (session === undefined || !provesTwoFactors(amr)) throw mfaProblems.ownFactorFirst()
  const now = isoTime(clock.now())
  const demands = rule.everybody || rule.roles.length > 0
  return platform.transaction(async (tx) => {
    await writeRule(tx, tenant, { ...rule, now })
    const end = { now, reason: 'second_factor_missing' } as const
    const sessions = demands ? await endSessions(tx, { withoutFactorIn: tenant }, end) : 0
    const data = { ...rule, roles: [...rule.roles], sessions }
    const target = { type: 'tenant', id: tenant }
    const event = mfaEvents.rule_changed({ outcome: 'success', target, data })
    await tx.inTenant(tenant, (inside) => record(inside, actor, event))
    return sessions
  })
}
