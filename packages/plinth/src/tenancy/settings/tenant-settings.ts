import { z } from 'zod'
import type { Queryable, Tx } from '../../data/index.ts'

/** What each tenant of a service may set for itself. */
export interface TenantSettings<S extends z.ZodRawShape = z.ZodRawShape> {
  readonly schema: z.ZodObject<S, z.core.$strict>
  /** What the tenant of a door has set; what it has not is at its default. */
  read(db: TenantDoor): Promise<z.output<z.ZodObject<S>>>
  /** Puts a value, whole, in the place of what was there. */
  write(tx: Tx, value: z.output<z.ZodObject<S>>): Promise<void>
}

/** A door that is bound to a tenant. */
type TenantDoor = Pick<Queryable, 'query'> & { readonly tenant: string }

const READ = 'select value from plinth.tenant_settings where tenant_id = $1'
const WRITE = `
  insert into plinth.tenant_settings (tenant_id, value) values ($1, $2::jsonb)
  on conflict (tenant_id) do update set value = excluded.value`

/**
 * Declares the settings of tenants: `tenantSettings({ currency: z.enum(['EUR', 'USD']).default('EUR') })`,
 * given to `start({ features, tenantSettings })`, read with `settings.read(db)`.
 * @throws TypeError when a setting has no default: a tenant that set nothing would have no settings
 */
export function tenantSettings<const S extends z.ZodRawShape>(shape: S): TenantSettings<S> {
  const schema = z.strictObject(shape)
  const nothing = schema.safeParse({})
  if (!nothing.success) {
    const names = nothing.error.issues.map(({ path }) => path.join('.')).join(', ')
    throw new TypeError(`tenantSettings: ${names} must have a default`)
  }
  return Object.freeze({
    schema,
    async read(db: TenantDoor) {
      const { rows } = await db.query<{ value: object }>(READ, [db.tenant])
      return readable(schema, rows[0]?.value ?? {})
    },
    async write(tx: Tx, value: z.output<z.ZodObject<S>>) {
      await tx.query(WRITE, [tx.tenant, JSON.stringify(value)])
    },
  })
}

/**
 * What was stored, as the schema is today: a setting that is gone, or whose stored value it refuses,
 * is at its default.
 */
function readable<S extends z.ZodRawShape>(
  schema: z.ZodObject<S, z.core.$strict>,
  stored: object,
): z.output<z.ZodObject<S>> {
  const known = Object.entries(stored).filter(([name]) => Object.hasOwn(schema.shape, name))
  const whole = schema.safeParse(Object.fromEntries(known))
  if (whole.success) return whole.data
  const refused = new Set(whole.error.issues.map(({ path }) => path[0]))
  return schema.parse(Object.fromEntries(known.filter(([name]) => !refused.has(name))))
}
