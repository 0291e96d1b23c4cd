import type { Queryable, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** Writes a person whom nobody is yet: without an address, without a way to sign in. */
export async function insertNobody(
  tx: Queryable,
  {
    person,
    name,
    now,
  }: { readonly person: Id<'person'>; readonly name: string; readonly now: string },
): Promise<void> {
  await tx.query(
    'insert into plinth.people (id, name, created_at, updated_at) values ($1, $2, $3, $3)',
    [person, name, now],
  )
}

/** Puts somebody who was asked into the tenant; until they come they hold nothing there. */
export async function joinInvited(
  tx: Tx,
  one: {
    readonly person: Id<'person'>
    readonly role: string
    readonly permissions: readonly string[]
    readonly email: string
    readonly now: string
  },
): Promise<void> {
  await tx.query(
    `insert into plinth.memberships (tenant_id, person_id, role, permissions, invited_email, created_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [tx.tenant, one.person, one.role, one.permissions, one.email, one.now],
  )
}
