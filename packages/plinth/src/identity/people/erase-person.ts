import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import { PLATFORM_TENANT } from '../../jobs/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import type { Notify } from '../../notify/index.ts'
import { forgetMessages, personErased } from '../../notify/index.ts'
import { deleteAnyTenant } from '../../tenancy/index.ts'
import { addressOf } from '../linking/identities.repository.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { eraseRows, forgetAddresses, makeTombstone, recipientsOf } from './erase-rows.repository.ts'
import { FORGET_JOB } from './forget-person.job.ts'
import { personEvents } from './people.events.ts'
import type { TenantOfPerson } from './person-in-tenants.ts'
import { tenantsOf } from './person-in-tenants.ts'
import type { PersonProfile } from './person-profile.ts'

/** What erasing needs. */
export interface EraseDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  readonly notify: Pick<Notify, 'mail'>
  readonly baseUrl: string
  readonly personProfile: Pick<PersonProfile, 'remove'> | undefined
}

/** Whom, and who wants it. */
export interface Erasure {
  readonly person: Id<'person'>
  readonly actor: Actor
  readonly by: 'self' | 'platform'
}

/** What became of it. */
export type Erased =
  | { readonly code: 'erased'; readonly rows: number }
  | { readonly code: 'unknown' | 'owns_tenants' | 'platform_administrator' }

/**
 * Erases a person: sessions, keys, factors, accounts and memberships end, every row about them goes, and
 * what stays is a tombstone without a name. The audit log keeps what happened under the id, which now
 * means nobody; addresses that it noted go with a job. A tenant of their own is deleted; an organisation
 * of which they are the only owner must be handed on before. Messages to them that wait are not sent.
 */
export async function erasePerson(deps: EraseDeps, erasure: Erasure): Promise<Erased> {
  return deps.platform.transaction(async (tx) => {
    const { person } = erasure
    const held = await hold(tx, person)
    if (held !== undefined) return { code: held }
    const tenants = await tenantsOf(tx, person)
    if (await ownsAlone(tx, tenants)) return { code: 'owns_tenants' }
    await forgetMessages(tx, await recipientsOf(tx, person))
    await tell(deps, tx, person)
    const now = isoTime(deps.clock.now())
    await endSessions(tx, { person }, { now, reason: 'person_erased' })
    for (const one of tenants) await leave(deps, tx, { erasure, one })
    const rows = await eraseRows(tx, person)
    await makeTombstone(tx, person, now)
    await forgetAddresses(tx, person)
    await note(tx, erasure, rows)
    const data = { tenant: PLATFORM_TENANT, input: { person } }
    await tx.outbox.enqueue(tx, { name: FORGET_JOB, data, actor: erasure.actor })
    return { code: 'erased', rows }
  })
}

/** Holds the person until the transaction ends; says why they cannot be erased. */
async function hold(
  tx: PlatformTx,
  person: string,
): Promise<'unknown' | 'platform_administrator' | undefined> {
  const { rows } = await tx.query<{ administers: boolean }>(
    `select exists (select from plinth.platform_roles r where r.person_id = p.id) as administers
       from plinth.people p
      where p.id = $1 and p.status <> 'erased' and p.kind = 'human' for update`,
    [person],
  )
  if (rows[0] === undefined) return 'unknown'
  // The service's own role cannot take a role on the platform away: that is for its owner to do.
  return rows[0].administers ? 'platform_administrator' : undefined
}

async function ownsAlone(tx: PlatformTx, tenants: readonly TenantOfPerson[]): Promise<boolean> {
  for (const { tenant, kind, role } of tenants) {
    if (role !== 'owner' || kind === 'personal') continue
    const others = await tx.inTenant(tenant, async (inside) => {
      await inside.query('select id from plinth.tenants where id = $1 for no key update', [tenant])
      return inside.query(
        "select 1 from plinth.memberships where tenant_id = $1 and role = 'owner' limit 2",
        [tenant],
      )
    })
    if (others.rowCount < 2) return true
  }
  return false
}

/** The last mail that they get. */
async function tell(
  { notify, clock, baseUrl }: EraseDeps,
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<void> {
  const to = await addressOf(tx, person)
  if (to === undefined) return
  const data = { name: to.name, when: isoTime(clock.now()), baseUrl }
  await notify.mail(tx, personErased, to, data)
}

async function leave(
  { clock, personProfile }: EraseDeps,
  tx: PlatformTx,
  { erasure, one }: { readonly erasure: Erasure; readonly one: TenantOfPerson },
): Promise<void> {
  const { person, actor } = erasure
  const { tenant, kind } = one
  if (kind === 'personal') await deleteAnyTenant({ clock }, tx, { tenant, actor: silent(actor) })
  await tx.inTenant(tenant, async (inside) => {
    await personProfile?.remove(inside, person)
    await inside.query('delete from plinth.memberships where tenant_id = $1 and person_id = $2', [
      tenant,
      person,
    ])
    const target = { type: 'person', id: person }
    await record(inside, silent(actor), personEvents.removed({ outcome: 'success', target }))
  })
}

async function note(tx: PlatformTx, { person, actor, by }: Erasure, rows: number): Promise<void> {
  const target = { type: 'person', id: person }
  const data = { by, rows }
  const event = personEvents.erased({ outcome: 'success', target, data })
  await record(tx, by === 'self' ? silent(actor) : actor, event)
}

/** Who did it, without where they sat: the row outlives them. */
function silent(actor: Actor): Actor {
  return { ...actor, clientAddress: null }
}
