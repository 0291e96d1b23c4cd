import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { record } from '../../audit/index.ts'
import { route } from '../../feature/index.ts'
import { aboutTenant } from '../about-tenant.ts'
import { tenancyProblems } from '../tenancy.errors.ts'
import { tenancyEvents } from '../tenancy.events.ts'
import { mayInTenant } from '../tenant-permissions.ts'
import type { TenantSettings } from './tenant-settings.ts'

const params = { id: z.string().max(63) }

/** `/tenants/{id}/settings`: what a tenant has set for itself, by the schema of the service. */
export function tenantSettingsRoutes(settings: TenantSettings): readonly RouteOptions[] {
  const read = route('GET /tenants/:id/settings', {
    access: mayInTenant.settings,
    summary: 'What the tenant has set for itself, defaults included.',
    params,
    returns: settings.schema,
    raises: [tenancyProblems.unknown],
    handle: ({ db }) => settings.read(db),
  })
  const write = route('PUT /tenants/:id/settings', {
    access: mayInTenant.settings,
    summary: 'Sets all settings of the tenant; those left out go back to their defaults.',
    params,
    body: settings.schema,
    returns: settings.schema,
    raises: [tenancyProblems.unknown],
    handle: ({ db, actor, body }) =>
      db.transaction(async (tx) => {
        const before = await settings.read(tx)
        await settings.write(tx, body)
        // Names only: a value may be nothing for the audit log.
        const fields = Object.keys(body).filter((name) => differs(before[name], body[name]))
        const target = { type: 'tenant', id: tx.tenant }
        const event = { outcome: 'success', target, data: { fields } } as const
        await record(tx, actor, tenancyEvents.settings_changed(event))
        return body
      }),
  })
  return [read, write].map(aboutTenant)
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b)
}
