import type { Actor } from '../../access/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import type { Welcome } from '../../tenancy/index.ts'
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

/** What provisioning needs. */
export interface ProvisionDeps {
  readonly clock: Clock
  readonly tenancy: Pick<Welcome, 'arrive'>
}

/**
 * Welcomes the person of a known identity, or makes them, with the tenant that the service's mode
 * gives them. The key is (issuer, subject): an equal e-mail links nobody to anybody.
 */
export async function provisionPerson(
  tx: PlatformTx,
  deps: ProvisionDeps,
  { known, arrival }: { readonly known: KnownIdentity | undefined; readonly arrival: Arrival },
): Promise<Provisioned> {
  if (known !== undefined) return welcomeBack(tx, deps, { known, arrival })
  const { clock } = deps
  const ids = { person: newId<'person'>(clock), identity: newId<'identity'>(clock) }
  const isNew = await createPerson(tx, { ...arrival, ...ids })
  if (!isNew) return welcomeBack(tx, deps, { known: await created(tx, arrival), arrival })
  const tenant = await arrive(tx, deps, { person: ids.person, arrival })
  return { ...ids, tenant, status: 'active', isNew }
}

async function arrive(
  tx: PlatformTx,
  { tenancy }: ProvisionDeps,
  { person, arrival }: { readonly person: Id<'person'>; readonly arrival: Arrival },
): Promise<Id<'tenant'> | null> {
  const actor: Actor = { ...arrival.actor, kind: 'person', person }
  return tenancy.arrive(tx, { person, name: arrival.profile.name, actor })
}

async function welcomeBack(
  tx: PlatformTx,
  deps: ProvisionDeps,
  { known, arrival }: { readonly known: KnownIdentity; readonly arrival: Arrival },
): Promise<Provisioned> {
  const now = new Date(deps.clock.now()).toISOString()
  if (known.status !== 'active') return { ...known, tenant: null, isNew: false }
  await updatePerson(tx, known, { profile: arrival.profile, now })
  const tenant = await arrive(tx, deps, { person: known.person, arrival })
  return { ...known, tenant, isNew: false }
}

/** Somebody else created it between our look and our insert; it is there now. */
async function created(tx: PlatformTx, key: IdentityKey): Promise<KnownIdentity> {
  const known = await findIdentity(tx, key)
  if (known === undefined) throw new Error('an identity was neither inserted nor found')
  return known
}
