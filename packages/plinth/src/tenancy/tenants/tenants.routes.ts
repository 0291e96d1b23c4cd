import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Principal } from '../../access/index.ts'
import { signedIn } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import { route } from '../../feature/index.ts'
import { httpProblems } from '../../http/index.ts'
import { ONE_LINE } from '../../kernel/index.ts'
import { aboutTenant } from '../about-tenant.ts'
import { deleteOwnTenant } from '../lifecycle/delete-tenant.ts'
import { pageFrom, pageOf, paging } from '../paging.ts'
import { recentSignIn } from '../recent-sign-in.ts'
import { tenancyProblems } from '../tenancy.errors.ts'
import { tenancyEvents } from '../tenancy.events.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { isSlug } from '../tenant-name.ts'
import { mayInTenant } from '../tenant-permissions.ts'
import { createOrganisation } from './create-organisation.ts'
import type { TenantRow } from './tenants.repository.ts'
import { listOwnTenants, readTenant, updateTenant } from './tenants.repository.ts'

const shown = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  kind: z.enum(['personal', 'organisation']),
  created_at: z.string(),
})
const own = z.object({ ...shown.shape, role: z.string() })

const name = z.string().trim().min(1).max(200).regex(ONE_LINE, 'must be plain text on one line')
const slug = z
  .string()
  .max(63)
  .refine(isSlug, 'must be 1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit')
const params = { id: z.string().max(63) }
const { unknown, slugTaken, tooMany, personal, ownersOnly } = tenancyProblems

/** `/tenants` (D23): the tenants of a person, and what they may do with each. */
export function tenantRoutes(deps: TenancyDeps): readonly RouteOptions[] {
  const creates = deps.settings.mode === 'organisations'
  return [
    listRoute(deps),
    ...(creates ? [createRoute(deps)] : []),
    ...[getRoute(), updateRoute(deps), deleteRoute(deps)].map(aboutTenant),
  ]
}

function listRoute({ database }: TenancyDeps): RouteOptions {
  return route('GET /tenants', {
    access: signedIn(),
    tenant: 'none',
    summary: 'The tenants that the person belongs to.',
    query: paging,
    returns: pageOf(own),
    handle: async ({ principal, query }) => {
      // A program is one tenant's: it learns nothing of where else its owner belongs.
      const only = isProgram(principal) ? principal.tenant : null
      const { person } = principal
      const { rows, total } = await listOwnTenants(database.platform, { person, only }, query)
      return pageFrom(rows, query, { total, next: ({ id }) => id })
    },
  })
}

function createRoute({ database, clock, settings }: TenancyDeps): RouteOptions {
  return route('POST /tenants', {
    access: signedIn(),
    tenant: 'none',
    summary: 'Creates an organisation that the person owns.',
    body: z.strictObject({ name, slug: slug.exactOptional() }),
    returns: shown,
    status: 201,
    raises: [slugTaken, tooMany, httpProblems.notInPerson],
    handle: async ({ principal, actor, body, reply }) => {
      // No scope says so much: it is for people, and not for a key or a machine's token of theirs.
      if (isProgram(principal)) throw httpProblems.notInPerson()
      const create = { platform: database.platform, clock, mostOwned: settings.most_owned }
      const created = await createOrganisation(create, { ...body, person: principal.person, actor })
      if (created.code === 'too_many') throw tooMany()
      if (created.code === 'slug_taken') throw slugTaken()
      reply.header('location', `/tenants/${created.tenant}`)
      return found(await readTenant(database.platform, created.tenant))
    },
  })
}

function getRoute(): RouteOptions {
  return route('GET /tenants/:id', {
    access: signedIn(),
    tenant: 'required',
    summary: 'One tenant of the person.',
    params,
    returns: shown,
    raises: [unknown],
    handle: async ({ db }) => found(await readTenant(db, db.tenant)),
  })
}

function updateRoute({ standings }: TenancyDeps): RouteOptions {
  return route('PATCH /tenants/:id', {
    access: mayInTenant.update,
    summary: 'Changes the name and the short name of a tenant.',
    params,
    body: z
      .strictObject({ name: name.exactOptional(), slug: slug.exactOptional() })
      .refine((body) => Object.keys(body).length > 0, 'must change something'),
    returns: shown,
    raises: [unknown, slugTaken],
    handle: async ({ db, actor, body }) => {
      const changed = await db.transaction(async (tx) => {
        const row = await updateTenant(tx, tx.tenant, body).catch(refuseTaken)
        const target = { type: 'tenant', id: tx.tenant }
        const data = { fields: Object.keys(body) }
        await record(tx, actor, tenancyEvents.updated({ outcome: 'success', target, data }))
        return found(row)
      })
      standings.forget('tenant', db.tenant)
      return changed
    },
  })
}

function deleteRoute(deps: TenancyDeps): RouteOptions {
  return route('DELETE /tenants/:id', {
    access: mayInTenant.delete,
    stepUp: recentSignIn,
    summary: 'Deletes a tenant: nobody enters it from this moment, and its rows and files go.',
    params,
    raises: [unknown, ownersOnly, personal],
    handle: async ({ db, principal, actor }) => {
      const deleted = await deleteOwnTenant(deps, db, { person: principal.person, actor })
      if (deleted.code === 'not_owner') throw ownersOnly()
      if (deleted.code === 'personal') throw personal()
      deps.standings.forget('tenant', db.tenant)
    },
  })
}

/** Whether a key or the token of a machine came, which stand for somebody in one tenant. */
function isProgram({ credential }: Principal): boolean {
  return credential.family !== undefined
}

/** @throws AppError tenant.unknown for one that went away meanwhile */
function found(row: TenantRow | undefined): TenantRow {
  if (row === undefined) throw unknown()
  return row
}

/** The one thing that can be taken is the short name. */
function refuseTaken(error: unknown): never {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'data.taken'
  throw isTaken ? slugTaken({ cause: error }) : error
}
