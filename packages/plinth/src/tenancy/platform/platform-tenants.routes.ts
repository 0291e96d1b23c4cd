import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { record } from '../../audit/index.ts'
import { route } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import { deleteAnyTenant } from '../lifecycle/delete-tenant.ts'
import { pageFrom, pageOf, paging } from '../paging.ts'
import { recentSignIn } from '../recent-sign-in.ts'
import { tenancyProblems } from '../tenancy.errors.ts'
import { platformEvents } from '../tenancy.events.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { mayOnPlatform } from '../tenant-permissions.ts'
import { listAllTenants, setStatus } from './platform-tenants.repository.ts'

const shown = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  kind: z.enum(['personal', 'organisation']),
  status: z.enum(['active', 'suspended']),
  created_at: z.string(),
})
const params = { id: z.uuid() }
const { unknown } = tenancyProblems

/**
 * `/api/v1/platform/tenants`: for administrators of the platform, who are that by a role of its own.
 * They see that a tenant is there, shut it and delete it; they see nothing that lies in it.
 */
export function platformTenantRoutes(deps: TenancyDeps): readonly RouteOptions[] {
  return [listRoute(deps), statusRoute(deps), deleteRoute(deps)]
}

function listRoute({ database }: TenancyDeps): RouteOptions {
  return route('GET /api/v1/platform/tenants', {
    access: mayOnPlatform.read_tenants,
    tenant: 'none',
    summary: 'All tenants of the service.',
    query: paging,
    returns: pageOf(shown),
    handle: async ({ query }) => {
      const { rows, total } = await listAllTenants(database.platform, query)
      return pageFrom(rows, query, { total, next: ({ id }) => id })
    },
  })
}

function statusRoute({ database, standings }: TenancyDeps): RouteOptions {
  return route('PATCH /api/v1/platform/tenants/:id', {
    access: mayOnPlatform.manage_tenants,
    tenant: 'none',
    stepUp: recentSignIn,
    summary: 'Suspends or resumes a tenant: a suspended one is there for nobody who belongs to it.',
    params,
    body: z.strictObject({ status: shown.shape.status }),
    returns: shown,
    raises: [unknown],
    handle: async ({ actor, params: { id }, body: { status } }) => {
      const changed = await database.platform.transaction(async (tx) => {
        const row = await setStatus(tx, id, status)
        if (row === undefined) throw unknown()
        const happened = status === 'active' ? 'tenant_resumed' : 'tenant_suspended'
        const event = platformEvents[happened]({
          outcome: 'success',
          target: { type: 'tenant', id },
        })
        await record(tx, actor, event)
        return row
      })
      standings.forget('tenant', id)
      return changed
    },
  })
}

function deleteRoute(deps: TenancyDeps): RouteOptions {
  return route('DELETE /api/v1/platform/tenants/:id', {
    access: mayOnPlatform.manage_tenants,
    tenant: 'none',
    stepUp: recentSignIn,
    summary: 'Deletes a tenant for good.',
    params,
    raises: [unknown],
    handle: async ({ actor, params: { id } }) => {
      const deleted = await deps.database.platform.transaction((tx) =>
        deleteAnyTenant(deps, tx, { tenant: id as Id<'tenant'>, actor }),
      )
      if (!deleted) throw unknown()
      deps.standings.forget('tenant', id)
    },
  })
}
