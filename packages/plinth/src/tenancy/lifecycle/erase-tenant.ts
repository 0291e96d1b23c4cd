import type { AnyEntity, Database, Tx } from '../../data/index.ts'
import { forgetJobs } from '../../jobs/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { TenantTable } from './tenant-tables.ts'
import { tenantTables } from './tenant-tables.ts'

/** What erasing needs. */
export interface EraseDeps {
  readonly database: Database
  /** The entities of the service. */
  readonly entities: readonly AnyEntity[]
}

const CHUNK = 5_000

/**
 * Removes every row of a tenant that was shut, and the jobs that wait for it. Only the tombstone stays, and
 * the audit log, which nobody can take anything out of. Running it again does nothing.
 * @returns how many rows went
 * @throws Error when tables refer to each other in a circle that no order of deleting undoes
 */
export async function eraseTenant(
  { database, entities }: EraseDeps,
  tenant: Id<'tenant'>,
): Promise<number> {
  return database.system('erase a deleted tenant').inTenant(tenant, async (tx) => {
    await requireShut(tx)
    const tables = await tenantTables(tx, 'delete', entities)
    const people = await peopleOf(tx)
    const rows = await emptyAll(tx, tables)
    const found = await emptyGlobals(tx)
    // A session that was in it then belongs nowhere now; not even the id need stay with it.
    await tx.query('update plinth.sessions set tenant_id = null where tenant_id = $1', [tenant])
    await tx.query('delete from plinth.people where id = any($1)', [people])
    return rows + found + people.length + (await forgetJobs(tx, tenant))
  })
}

/**
 * Tables that are read before a tenant is entered, by a hash or an id: row-level security knows no rows of a
 * tenant in them.
 */
const GLOBALS = ['plinth.api_keys', 'plinth.oauth_clients', 'plinth.mfa_rules']

async function emptyGlobals(tx: Tx): Promise<number> {
  const texts = GLOBALS.map((table) => `delete from ${table} where tenant_id = $1`)
  const gone = await tx.batch(texts.map((text) => ({ text, values: [tx.tenant] })))
  return gone.reduce((sum, { rowCount }) => sum + rowCount, 0)
}

/**
 * Who is somebody in this tenant only: people who were asked and never came, and service accounts, also such
 * as are no members any more.
 */
async function peopleOf(tx: Tx): Promise<readonly string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select p.id from plinth.memberships m join plinth.people p on p.id = m.person_id
      where m.tenant_id = $1 and (p.kind = 'service' or m.invited_email is not null)
     union
     select p.id from plinth.people p
      where p.kind = 'service'
        and (p.id in (select owner_id from plinth.api_keys where tenant_id = $1)
             or p.id in (select person_id from plinth.oauth_clients where tenant_id = $1))`,
    [tx.tenant],
  )
  return rows.map(({ id }) => id)
}

/** @throws TypeError for a tenant that is in use */
async function requireShut(tx: Tx): Promise<void> {
  const { rows } = await tx.query<{ status: string }>(
    'select status from plinth.tenants where id = $1',
    [tx.tenant],
  )
  if (rows[0]?.status !== 'deleted') throw new TypeError('only a deleted tenant can be erased')
}

/** A table that others refer to waits until those are empty. */
async function emptyAll(tx: Tx, tables: readonly TenantTable[]): Promise<number> {
  let [waiting, gone]: [readonly TenantTable[], number] = [tables, 0]
  while (waiting.length > 0) {
    const left: TenantTable[] = []
    for (const table of waiting) {
      const rows = await emptied(tx, table)
      if (rows === undefined) left.push(table)
      else gone += rows
    }
    if (left.length === waiting.length) {
      throw new Error(`rows of ${left.map(({ sql }) => sql).join(', ')} hold each other`)
    }
    waiting = left
  }
  return gone
}

/** Rows that went; undefined when something still refers to some of them. */
async function emptied(tx: Tx, { sql, tenant }: TenantTable): Promise<number | undefined> {
  const chunk = `delete from ${sql} where ctid in
                   (select ctid from ${sql} where ${tenant} = $1 limit ${CHUNK})`
  // In one statement, rows of a table may refer to each other.
  const whole = `delete from ${sql} where ${tenant} = $1`
  return (
    (await trying(tx, (inner) => inChunks(inner, chunk))) ??
    (await trying(tx, (inner) => once(inner, whole)))
  )
}

async function inChunks(tx: Tx, text: string): Promise<number> {
  let [gone, last] = [0, CHUNK]
  while (last > 0) {
    last = await once(tx, text)
    gone += last
  }
  return gone
}

async function once(tx: Tx, text: string): Promise<number> {
  return (await tx.query(text, [tx.tenant])).rowCount
}

async function trying(tx: Tx, work: (inner: Tx) => Promise<number>): Promise<number | undefined> {
  try {
    return await tx.transaction(work)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'data.referenced')
      return undefined
    throw error
  }
}
