import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { MfaSettings } from './mfa.settings.ts'
import {
  isPlatformAdministrator,
  NO_RULE,
  readRule,
  rolesIn,
  tenantsOf,
} from './rules.repository.ts'

/** Who wants to be where. */
export interface Whereabouts {
  readonly person: Id<'person'>
  readonly tenant: Id<'tenant'> | null
}

type Demands = Pick<MfaSettings, 'required' | 'required_roles'>

/** Name by which `mfa.required_roles` means administrators of the platform. */
const PLATFORM = 'platform'

/**
 * Whether a second factor is demanded of a person: of everybody in this service, of everybody in the
 * tenant, or of a role that they hold. Read each time, so that a role given a moment ago counts.
 */
export async function isDemanded(
  { required, required_roles }: Demands,
  tx: PlatformTx,
  { person, tenant }: Whereabouts,
): Promise<boolean> {
  if (required) return true
  if (required_roles.includes(PLATFORM) && (await isPlatformAdministrator(tx, person))) return true
  const rule = tenant === null ? NO_RULE : await readRule(tx, tenant)
  if (rule.everybody) return true
  const named = new Set([...required_roles, ...rule.roles].map((role) => role.toLowerCase()))
  named.delete(PLATFORM)
  if (tenant === null || named.size === 0) return false
  return (await rolesIn(tx, tenant, person)).some((role) => named.has(role))
}

/** Whether it is demanded in any tenant that the person belongs to. */
export async function isDemandedAnywhere(
  settings: Demands,
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<boolean> {
  const tenants = [null, ...(await tenantsOf(tx, person))]
  for (const tenant of tenants) {
    if (await isDemanded(settings, tx, { person, tenant })) return true
  }
  return false
}
