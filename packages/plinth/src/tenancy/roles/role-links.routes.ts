import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { route } from '../../feature/index.ts'
import { heldGrants } from '../membership/held-grants.ts'
import { tenancyProblems } from '../tenancy.errors.ts'
import { changePersonRole } from './change-person-role.ts'
import { changeGrant } from './change-role.ts'
import { keeping, managerOf, personRoleChanged, roleChanged } from './role-answers.ts'
import { mayRoles } from './role-permissions.ts'
import { grant, shownRole } from './role-schemas.ts'
import { roleProblems } from './roles.errors.ts'
import { rolesOfPerson } from './roles.repository.ts'
import { shown } from './roles.routes.ts'
import type { RolesDeps } from './roles-deps.ts'

const GRANT = '/roles/:id/permissions/:key'
const PERSON_ROLES = '/people/:id/roles'
const PERSON_ROLE = `${PERSON_ROLES}/:role_id` as const
const {
  unknown,
  builtIn,
  beyondYours,
  lastAdministrator,
  permissionUnknown,
  notGiven,
  notGranted,
} = roleProblems
const { memberUnknown } = tenancyProblems

/** `PUT` and `DELETE` of single links (D23): what a role gives, and who has it. */
export function roleLinkRoutes(deps: RolesDeps): readonly RouteOptions[] {
  return [
    grantRoute(deps),
    withdrawRoute(deps),
    personRolesRoute(),
    giveRoute(deps),
    takeRoute(deps),
  ]
}

function grantRoute(deps: RolesDeps): RouteOptions {
  return route(`PUT /api/v1${GRANT}`, {
    access: mayRoles.manage,
    alias: { compat: 's3', path: GRANT },
    summary: 'Lets a role give a permission, or a wildcard over some.',
    params: { id: z.uuid(), key: grant },
    raises: [unknown, builtIn, beyondYours, permissionUnknown],
    handle: async (context) => {
      const { id, key } = context.params
      const by = managerOf(context)
      const change = await changeGrant(deps, context.db, { by, id, grant: key, to: 'granted' })
      if (change !== undefined) tell(deps, roleChanged(change).people)
    },
  })
}

function withdrawRoute(deps: RolesDeps): RouteOptions {
  return route(`DELETE /api/v1${GRANT}`, {
    access: mayRoles.manage,
    alias: { compat: 's3', path: GRANT },
    summary: 'Takes a permission from a role.',
    params: { id: z.uuid(), key: grant },
    raises: [unknown, builtIn, beyondYours, lastAdministrator, notGranted],
    handle: async (context) => {
      const { id, key } = context.params
      const by = managerOf(context)
      const work = changeGrant(deps, context.db, { by, id, grant: key, to: 'withdrawn' })
      const change = await keeping(work)
      if (change === undefined) throw notGranted()
      tell(deps, roleChanged(change).people)
    },
  })
}

function personRolesRoute(): RouteOptions {
  return route(`GET /api/v1${PERSON_ROLES}`, {
    access: mayRoles.read,
    alias: { compat: 's3', path: PERSON_ROLES },
    summary: 'The roles that a member of the tenant has.',
    params: { id: z.uuid() },
    returns: z.object({ items: z.array(shownRole), count: z.int32() }),
    raises: [memberUnknown],
    handle: async ({ db, params }) => {
      const roles = await db.transaction(async (tx) => {
        if ((await heldGrants(tx, params.id)) === undefined) throw memberUnknown()
        return rolesOfPerson(tx, params.id)
      })
      return { items: roles.map(shown), count: roles.length }
    },
  })
}

function giveRoute(deps: RolesDeps): RouteOptions {
  return route(`PUT /api/v1${PERSON_ROLE}`, {
    access: mayRoles.manage,
    alias: { compat: 's3', path: PERSON_ROLE },
    summary: 'Gives a role to a member of the tenant.',
    params: { id: z.uuid(), role_id: z.uuid() },
    raises: [memberUnknown, unknown, beyondYours],
    handle: async (context) => {
      const { id: person, role_id: role } = context.params
      const change = { by: managerOf(context), person, role, to: 'given' } as const
      if (personRoleChanged(await changePersonRole(deps, context.db, change))) tell(deps, [person])
    },
  })
}

function takeRoute(deps: RolesDeps): RouteOptions {
  return route(`DELETE /api/v1${PERSON_ROLE}`, {
    access: mayRoles.manage,
    alias: { compat: 's3', path: PERSON_ROLE },
    summary: 'Takes a role from a member of the tenant.',
    params: { id: z.uuid(), role_id: z.uuid() },
    raises: [memberUnknown, unknown, beyondYours, notGiven, lastAdministrator],
    handle: async (context) => {
      const { id: person, role_id: role } = context.params
      const change = { by: managerOf(context), person, role, to: 'taken' } as const
      const done = personRoleChanged(await keeping(changePersonRole(deps, context.db, change)))
      if (!done) throw notGiven()
      tell(deps, [person])
    },
  })
}

/** This process need not wait for the news of what it did itself. */
function tell({ standings }: RolesDeps, people: readonly string[]): void {
  for (const person of people) standings.forget('person', person)
}
