import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { TenancySettings } from '../tenancy.settings.ts'
import type { TenantOwner } from './create-personal-tenant.ts'
import { createPersonalTenant } from './create-personal-tenant.ts'
import { homeTenant } from './home-tenant.ts'
import { joinTheOneTenant } from './the-one-tenant.ts'

/** What becomes of people who sign in, by the mode of the service. */
export interface Welcome {
  /** Whether anybody is to see that there are tenants. */
  readonly visible: boolean
  /**
   * The tenant in which a person begins who signs in; null when they have none and must create or
   * be invited to one. Nobody is ever put where others are by what their e-mail address looks like.
   */
  arrive(tx: PlatformTx, owner: TenantOwner): Promise<Id<'tenant'> | null>
}

/** The welcome of a mode. */
export function createWelcome(mode: TenancySettings['mode']): Welcome {
  return { visible: mode !== 'none', arrive: ARRIVALS[mode] }
}

const ARRIVALS: { readonly [M in TenancySettings['mode']]: Welcome['arrive'] } = {
  none: (tx, { person }) => joinTheOneTenant(tx, person),
  organisations: async (tx, { person }) => (await homeTenant(tx, person)).tenant,
  personal: async (tx, owner) => {
    const home = await homeTenant(tx, owner.person)
    return home.belongs ? home.tenant : createPersonalTenant(tx, owner)
  },
}
