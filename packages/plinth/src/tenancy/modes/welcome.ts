import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { TenancySettings } from '../tenancy.settings.ts'
import type { TenantOwner } from './create-personal-tenant.ts'
import { createPersonalTenant } from './create-personal-tenant.ts'
import type { Doorkeeper } from './doorkeeper.ts'
import type { Home } from './home-tenant.ts'
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

/** The welcome of a mode, with the service's own word in it. */
export function createWelcome(mode: TenancySettings['mode'], door: Doorkeeper = {}): Welcome {
  return { visible: mode !== 'none', arrive: ARRIVALS[mode](door) }
}

const ARRIVALS: {
  readonly [M in TenancySettings['mode']]: (door: Doorkeeper) => Welcome['arrive']
} = {
  none:
    (door) =>
    (tx, { person }) =>
      joinTheOneTenant(tx, person, door),
  organisations: (door) => async (tx, owner) =>
    entered(door, owner, await homeTenant(tx, owner.person)),
  personal: (door) => async (tx, owner) => {
    const home = await homeTenant(tx, owner.person)
    return home.belongs ? entered(door, owner, home) : createPersonalTenant(tx, owner)
  },
}

/** Whoever may not enter their own tenant begins in none, and may go to another of theirs. */
async function entered(
  { mayEnter }: Doorkeeper,
  { person }: TenantOwner,
  { tenant }: Home,
): Promise<Id<'tenant'> | null> {
  if (tenant === null || mayEnter === undefined) return tenant
  return (await mayEnter({ person, tenant })) ? tenant : null
}
