import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { inPerson } from '../../access/index.ts'
import type { Tx } from '../../data/index.ts'
import { route } from '../../feature/index.ts'
import type { AppError } from '../../kernel/index.ts'
import { aboutTenant } from '../about-tenant.ts'
import { pageFrom, pageOf, paging } from '../paging.ts'
import { requireGrantable } from '../roles/grantable.ts'
import { managerOf } from '../roles/role-answers.ts'
import { grant } from '../roles/role-schemas.ts'
import { roleProblems } from '../roles/roles.errors.ts'
import { tenancyProblems } from '../tenancy.errors.ts'
import type { TenancyDeps } from '../tenancy-deps.ts'
import { mayInTenant } from '../tenant-permissions.ts'
import type { MemberChange } from './change-member.ts'
import { changeMember, leaveTenant, removeMember } from './change-member.ts'
import type { MemberRow } from './members.repository.ts'
import { listMembers } from './members.repository.ts'

const ROLES = ['owner', 'admin', 'member', 'custom'] as const

const shown = z.object({
  person_id: z.uuid(),
  name: z.string(),
  email: z.string().nullable(),
  role: z.enum(ROLES),
  permissions: z.array(z.string()),
  joined_at: z.string(),
})

const change = z
  .strictObject({
    role: z.enum(ROLES).exactOptional(),
    permissions: z.array(grant).max(200).exactOptional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change something')

const tenant = { id: z.string().max(63) }
const member = { ...tenant, person_id: z.uuid() }
const { memberUnknown, beyondYours, lastOwner, unknown } = tenancyProblems

type Changing = Pick<TenancyDeps, 'standings' | 'catalogue'>

/** `/tenants/{id}/members` (D23): who belongs to a tenant, as what. */
export function memberRoutes(deps: Changing): readonly RouteOptions[] {
  return [listRoute(), changeRoute(deps), removeRoute(deps), leaveRoute(deps)].map(aboutTenant)
}

function listRoute(): RouteOptions {
  return route('GET /tenants/:id/members', {
    access: mayInTenant.read_members,
    summary: 'Who belongs to the tenant.',
    params: tenant,
    query: paging,
    returns: pageOf(shown),
    raises: [unknown],
    handle: async ({ db, query }) => {
      const { rows, total } = await listMembers(db, query)
      const page = pageFrom(rows, query, { total, next: (row) => row.person_id })
      return { ...page, items: page.items.map(show) }
    },
  })
}

function changeRoute({ standings, catalogue }: Changing): RouteOptions {
  return route('PATCH /tenants/:id/members/:person_id', {
    access: mayInTenant.manage_members,
    summary: 'Changes the role and the permissions of a member.',
    params: member,
    body: change,
    returns: shown,
    raises: [unknown, memberUnknown, beyondYours, lastOwner, roleProblems.permissionUnknown],
    handle: async (context) => {
      const { db, params, body } = context
      const grantable = (tx: Tx, grants: readonly string[]) =>
        requireGrantable(tx, { catalogue }, { grants, path: 'body/permissions' })
      const wanted = { ...body, person: params.person_id, grantable }
      return show(done(standings, await changeMember(db, managerOf(context), wanted)))
    },
  })
}

function removeRoute({ standings }: Changing): RouteOptions {
  return route('DELETE /tenants/:id/members/:person_id', {
    access: mayInTenant.manage_members,
    summary: 'Ends a membership: whoever it was has no access from this moment.',
    params: member,
    raises: [unknown, memberUnknown, beyondYours, lastOwner],
    handle: async (context) => {
      const { db, params } = context
      done(standings, await removeMember(db, managerOf(context), params.person_id))
    },
  })
}

function leaveRoute({ standings }: Changing): RouteOptions {
  return route('POST /tenants/:id/leave', {
    access: inPerson(),
    tenant: 'required',
    summary: 'Ends one’s own membership.',
    params: tenant,
    raises: [unknown, lastOwner],
    handle: async (context) => {
      done(standings, await leaveTenant(context.db, managerOf(context)))
    },
  })
}

function show(member: MemberRow): z.input<typeof shown> {
  const { created_at: joined_at, role_permissions: _fromRoles, ...row } = member
  const role = ROLES.find((one) => one === row.role) ?? 'custom'
  return { ...row, role, permissions: [...row.permissions], joined_at }
}

/** @throws AppError when nothing was changed */
function done(standings: Changing['standings'], change: MemberChange): MemberRow {
  if (change.code === 'changed') {
    standings.forget('person', change.member.person_id)
    return change.member
  }
  throw REFUSALS[change.code]()
}

const REFUSALS: { readonly [C in Exclude<MemberChange['code'], 'changed'>]: () => AppError } = {
  unknown: memberUnknown,
  beyond: beyondYours,
  last_owner: lastOwner,
}
