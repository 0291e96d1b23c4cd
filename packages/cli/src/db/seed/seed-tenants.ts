import type { Database, Tx } from 'plinth/data'
import { type Id, isId, newId } from 'plinth/kernel'
import { misuse } from '../../cli-error.ts'
import { seedFunction } from './seed-function.ts'

/** What to seed. */
export interface SeedRequest {
  readonly service: string
  readonly settings: Parameters<typeof import('plinth/data')['ownerConnection']>[0]
  /** Id or short name; every active tenant when undefined. */
  readonly tenant: string | undefined
  readonly dryRun: boolean
}

interface Tenant {
  readonly id: Id<'tenant'>
  readonly slug: string
}

/**
 * Runs the service's `seed(tx)` as the running service would, in a transaction of each tenant.
 * @returns short names of the tenants
 * @throws CliError when there is no src/seed.ts, or no tenant to seed
 */
export async function seedTenants(request: SeedRequest): Promise<readonly string[]> {
  const seed = await seedFunction(request.service)
  const [{ databaseSettings, openDatabase }, { systemClock }] = await Promise.all([
    import('plinth/data'),
    import('plinth/kernel'),
  ])
  const settings = databaseSettings.parse({ ...request.settings, pool_size: 2 })
  const database = openDatabase({ settings, clock: systemClock, log: silent })
  try {
    const tenants = await tenantsFor(database, request)
    if (request.dryRun) return tenants.map(({ slug }) => slug)
    for (const { id } of tenants) {
      await database.system('plinth db seed').inTenant(id, async (tx: Tx) => void (await seed(tx)))
    }
    return tenants.map(({ slug }) => slug)
  } finally {
    await database.close()
  }
}

const silent = { info() {}, warn() {}, error() {} }

async function tenantsFor(
  { platform }: Database,
  { tenant, dryRun }: SeedRequest,
): Promise<readonly Tenant[]> {
  const { rows } = await platform.query<Tenant>(
    "select id, slug from plinth.tenants where status = 'active' order by slug",
  )
  if (tenant === undefined) {
    if (rows.length > 0) return rows
    throw misuse(
      'There is no tenant yet: sign in once, or say --tenant demo, which makes one of that name.',
    )
  }
  const found = rows.filter(({ id, slug }) => id === tenant || slug === tenant)
  if (found.length > 0) return found
  if (isId(tenant) || !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(tenant)) {
    throw misuse(
      `There is no active tenant "${tenant}"; a short name such as demo makes a new one.`,
    )
  }
  const made: Tenant = { id: newId<'tenant'>(), slug: tenant }
  if (dryRun) return [made]
  await platform.query(
    "insert into plinth.tenants (id, slug, name, kind) values ($1, $2, $2, 'organisation')",
    [made.id, tenant],
  )
  return [made]
}
