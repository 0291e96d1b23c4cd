import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import type { TenancySettings } from '../../tenancy/index.ts'
import { makeTheOneTenant, tenantName } from '../../tenancy/index.ts'

/** A tenant that was found or made. */
export interface SeededTenant {
  readonly id: Id<'tenant'>
  readonly slug: string
  readonly kind: 'personal' | 'organisation' | 'service'
  readonly isNew: boolean
}

/** The tenant that is meant, or why it is none. */
export type FoundTenant =
  | { readonly code: 'found'; readonly tenant: SeededTenant }
  | { readonly code: 'bad_tenant' }
  | { readonly code: 'several_tenants'; readonly tenants: readonly SeededTenant[] }

const DEFAULT_SLUG = 'main'
const ROW = 'select id, slug, kind, status, false as "isNew" from plinth.tenants'

/** Finds a tenant by id or short name and makes one of that short name; without a name the only one. */
export async function findOrMakeTenant(
  tx: PlatformTx,
  { clock, mode }: { readonly clock: Clock; readonly mode: TenancySettings['mode'] },
  wanted: string | undefined,
): Promise<FoundTenant> {
  if (mode === 'none') return theOne(tx, wanted)
  const known = wanted === undefined ? await theOnly(tx) : await named(tx, wanted)
  if (known !== undefined) return known
  const slug = wanted ?? DEFAULT_SLUG
  if (tenantName(slug)?.by !== 'slug') return { code: 'bad_tenant' }
  const id = newId<'tenant'>(clock)
  await tx.query(
    "insert into plinth.tenants (id, slug, name, kind) values ($1, $2, $2, 'organisation')",
    [id, slug],
  )
  return { code: 'found', tenant: { id, slug, kind: 'organisation', isNew: true } }
}

/** Where nobody sees tenants there is one, and no other can be asked for. */
async function theOne(tx: PlatformTx, wanted: string | undefined): Promise<FoundTenant> {
  if (wanted !== undefined) return { code: 'bad_tenant' }
  const id = await makeTheOneTenant(tx)
  const { rows } = await tx.query<SeededTenant>(`${ROW} where id = $1`, [id])
  const [tenant] = rows
  return tenant === undefined ? { code: 'bad_tenant' } : { code: 'found', tenant }
}

async function theOnly(tx: PlatformTx): Promise<FoundTenant | undefined> {
  const { rows } = await tx.query<SeededTenant>(
    `${ROW} where status = 'active' and kind = 'organisation' order by slug limit 20`,
  )
  const [tenant, ...others] = rows
  if (others.length > 0) return { code: 'several_tenants', tenants: rows }
  return tenant && { code: 'found', tenant }
}

async function named(tx: PlatformTx, wanted: string): Promise<FoundTenant | undefined> {
  const name = tenantName(wanted)
  if (name === undefined) return { code: 'bad_tenant' }
  const column = name.by === 'id' ? 'id' : 'slug'
  const { rows } = await tx.query<SeededTenant & { readonly status: string }>(
    `${ROW} where ${column} = $1 and kind <> 'service'`,
    [name.text],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const { status, ...tenant } = row
  return status === 'active' ? { code: 'found', tenant } : { code: 'bad_tenant' }
}
