import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { tenancyEvents } from '../tenancy.events.ts'
import { newSlug } from './new-slug.ts'
import { countOwned, insertTenant } from './tenants.repository.ts'

/** What creating organisations needs. */
export interface CreateDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  /** `tenancy.most_owned`. */
  readonly mostOwned: number
}

/** Who creates which organisation. */
export interface NewOrganisation {
  readonly person: Id<'person'>
  readonly actor: Actor
  readonly name: string
  /** Made of the name when it is left out. */
  readonly slug?: string | undefined
}

/** An organisation, or why there is none. */
export type Created =
  | { readonly code: 'created'; readonly tenant: Id<'tenant'> }
  | { readonly code: 'too_many' }
  | { readonly code: 'slug_taken' }

/** Creates an organisation whose one member and owner is the person who asks. */
export async function createOrganisation(
  { platform, clock, mostOwned }: CreateDeps,
  wanted: NewOrganisation,
): Promise<Created> {
  return platform.transaction(async (tx) => {
    if ((await countOwned(tx, wanted.person)) >= mostOwned) return { code: 'too_many' }
    const tenant = newId<'tenant'>(clock)
    const slug = wanted.slug ?? newSlug(wanted.name)
    const row = { id: tenant, slug, name: wanted.name, kind: 'organisation' } as const
    if (!(await insertTenant(tx, row))) return { code: 'slug_taken' }
    await firstOwner(tx, tenant, wanted)
    return { code: 'created', tenant }
  })
}

async function firstOwner(
  tx: PlatformTx,
  tenant: Id<'tenant'>,
  { person, actor }: NewOrganisation,
): Promise<void> {
  await tx.inTenant(tenant, async (inside) => {
    await inside.query(
      "insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, 'owner')",
      [tenant, person],
    )
    const target = { type: 'tenant', id: tenant }
    await record(inside, actor, tenancyEvents.created({ outcome: 'success', target }))
  })
}
