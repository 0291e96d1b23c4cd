import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx, Tx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import type { TenancySettings } from '../../tenancy/index.ts'
import { roleEvents } from '../../tenancy/index.ts'
import { emailName } from '../password/sign-in-name.ts'
import { personEvents } from '../people/people.events.ts'
import type { SeededPerson } from './seed-person.ts'
import { findOrMakePerson } from './seed-person.ts'
import type { SeededTenant } from './seed-tenant.ts'
import { findOrMakeTenant } from './seed-tenant.ts'
import type { SeedWish } from './seed-wish.ts'

/** What seeding needs. */
export interface SeedDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  readonly mode: TenancySettings['mode']
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean | undefined
}

/** What is there now, or why nothing was done. */
export type Seeded =
  | {
      readonly code: 'seeded'
      readonly person: SeededPerson
      readonly tenant: SeededTenant
      /** Built-in roles that were missing. */
      readonly rolesMade: number
      /** Whether the role admin was given just now. */
      readonly given: boolean
    }
  | { readonly code: 'bad_email' }
  | { readonly code: 'person_unknown' }
  | { readonly code: 'person_disabled' }
  | { readonly code: 'several_people'; readonly people: readonly SeededPerson[] }
  | { readonly code: 'bad_tenant' }
  | { readonly code: 'several_tenants'; readonly tenants: readonly SeededTenant[] }

const SYSTEM = { kind: 'system', person: null, clientAddress: null, requestId: null } as const

/**
 * Sees to it that a tenant has its built-in roles, that a person is there, and that they are its
 * administrator. Whatever is so already stays as it is: run it as often as you like, before the first
 * sign-in or after it (contract C11). A person who is made has a password that nobody
 * knows, and asks for a link to set one; the address counts as verified, since whoever runs the service
 * names it.
 */
export async function seedAdministrator(deps: SeedDeps, wish: SeedWish): Promise<Seeded> {
  if (wish.person === undefined && emailName(wish.email ?? '') === undefined)
    return { code: 'bad_email' }
  return rehearsing(deps, async (tx) => {
    const person = await findOrMakePerson(tx, deps.clock, wish)
    if (person.code !== 'found') return person
    const tenant = await findOrMakeTenant(tx, deps, wish.tenant)
    if (tenant.code !== 'found') return tenant
    const done = await appoint(tx, tenant.tenant, person.person.id)
    return { code: 'seeded', person: person.person, tenant: tenant.tenant, ...done }
  })
}

/** Does work; in a dry run all of it is undone, so that what is said is what would be. */
async function rehearsing(
  { platform, dryRun }: SeedDeps,
  work: (tx: PlatformTx) => Promise<Seeded>,
): Promise<Seeded> {
  let done: Seeded | undefined
  const undo = new Error('a dry run ends')
  try {
    return await platform.transaction(async (tx) => {
      done = await work(tx)
      if (dryRun === true) throw undo
      return done
    })
  } catch (error) {
    if (error === undo && done !== undefined) return done
    throw error
  }
}

/** Roles first, then the member, then the role: in that order each step finds what it needs. */
async function appoint(
  tx: PlatformTx,
  { id: tenant, kind }: SeededTenant,
  person: Id<'person'>,
): Promise<{ readonly rolesMade: number; readonly given: boolean }> {
  return tx.inTenant(tenant, async (inside) => {
    await inside.query('select from plinth.tenants where id = $1 for no key update', [tenant])
    const { rows } = await inside.query<{ made: number }>('select plinth.seed_roles($1) as made', [
      tenant,
    ])
    await join(inside, person, kind)
    const given = await giveAdmin(inside, person)
    return { rolesMade: rows[0]?.made ?? 0, given }
  })
}

// An organisation needs an owner; whoever administers it first is that.
const JOIN = `
  insert into plinth.memberships (tenant_id, person_id, role)
  select $1, $2, case when $3 and not exists (select from plinth.memberships
                                               where tenant_id = $1 and role = 'owner')
                      then 'owner' else 'member' end
  on conflict (tenant_id, person_id) do nothing`

async function join(tx: Tx, person: Id<'person'>, kind: SeededTenant['kind']): Promise<void> {
  await tx.query(JOIN, [tx.tenant, person, kind !== 'service'])
  const { rowCount } = await tx.query(LET_IN, [tx.tenant, person])
  if (rowCount === 0) return
  const target = { type: 'person', id: person }
  await record(tx, SYSTEM, personEvents.activated({ outcome: 'success', target }))
}

// Whoever was deactivated here would hold the role and could do nothing with it.
const LET_IN = `
  update plinth.memberships set status = 'active'
   where tenant_id = $1 and person_id = $2 and status <> 'active'`

const GIVE = `
  insert into plinth.member_roles (tenant_id, person_id, role_id)
  select $1, $2, id from plinth.roles where tenant_id = $1 and name = 'admin' and built_in
  on conflict do nothing returning role_id`

async function giveAdmin(tx: Tx, person: Id<'person'>): Promise<boolean> {
  const { rows } = await tx.query<{ role_id: string }>(GIVE, [tx.tenant, person])
  const [given] = rows
  if (given === undefined) return false
  const event = roleEvents.given({
    outcome: 'success',
    target: { type: 'person', id: person },
    data: { role: 'admin', role_id: given.role_id },
  })
  await record(tx, SYSTEM, event)
  return true
}
