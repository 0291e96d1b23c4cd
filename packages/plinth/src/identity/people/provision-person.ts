import type { Actor } from '../../access/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { createPersonalTenant, homeTenant } from '../../tenancy/index.ts'
import type { IdentityKey, KnownIdentity } from './people.repository.ts'
import { createPerson, findIdentity, updatePerson } from './people.repository.ts'
import type { Profile } from './profile.ts'

/** Who came from a provider. */
export interface Arrival extends IdentityKey {
  readonly provider: string
  readonly profile: Profile
  readonly actor: Actor
}

/** The person they are here. */
export interface Provisioned {
  readonly person: Id<'person'>
  readonly identity: Id<'identity'>
  readonly tenant: Id<'tenant'> | null
  readonly status: string
  readonly isNew: boolean
}

/**
 * Welcomes the person of a known identity, or makes them, with the tenant that they own alone. The key is
 * (issuer, subject): an equal e-mail links nobody to anybody.
 */
export async function provisionPerson(
  tx: PlatformTx,
  clock: Clock,
  { known, arrival }: { readonly known: KnownIdentity | undefined; readonly arrival: Arrival },
): Promise<Provisioned> {
  if (known !== undefined) return welcomeBack(tx, clock, { known, arrival })
  const ids = { person: newId<'person'>(clock), identity: newId<'identity'>(clock) }
  const isNew = await createPerson(tx, { ...arrival, ...ids })
  if (!isNew) return welcomeBack(tx, clock, { known: await created(tx, arrival), arrival })
  const { name } = arrival.profile
  const actor: Actor = { ...arrival.actor, kind: 'person', person: ids.person }
  const tenant = await createPersonalTenant(tx, { person: ids.person, name, actor })
  return { ...ids, tenant, status: 'active', isNew }
}

async function welcomeBack(
  tx: PlatformTx,
  clock: Clock,
  { known, arrival }: { readonly known: KnownIdentity; readonly arrival: Arrival },
): Promise<Provisioned> {
  const now = new Date(clock.now()).toISOString()
  if (known.status === 'active') await updatePerson(tx, known, { profile: arrival.profile, now })
  return { ...known, tenant: await homeTenant(tx, known.person), isNew: false }
}

/** Somebody else created it between our look and our insert; it is there now. */
async function created(tx: PlatformTx, key: IdentityKey): Promise<KnownIdentity> {
  const known = await findIdentity(tx, key)
  if (known === undefined) throw new Error('an identity was neither inserted nor found')
  return known
}
