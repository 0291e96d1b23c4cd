import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { demandedVersion, entityProblems, etagOf } from '../../data/index.ts'
import { route } from '../../feature/index.ts'
import { pageFrom, pageOf, paging } from '../paging.ts'
import { changeRole, createRole, removeRole } from './change-role.ts'
import type { RoleRow } from './role.ts'
import { keeping, managerOf, roleChanged } from './role-answers.ts'
import { mayRoles } from './role-permissions.ts'
import { ifMatch, roleBody, rolePatch, shownRole } from './role-schemas.ts'
import { roleProblems } from './roles.errors.ts'
import { listRoles, readRole } from './roles.repository.ts'
import type { RolesDeps } from './roles-deps.ts'

const PATH = '/api/v1/roles'
const ALL = { compat: 's3', path: '/roles' } as const
const ONE = { compat: 's3', path: '/roles/:id' } as const
const params = { id: z.uuid() }
const { stale, condition } = entityProblems
const { unknown, nameTaken, builtIn, beyondYours, lastAdministrator, permissionUnknown } =
  roleProblems
const refused = [unknown, builtIn, beyondYours, lastAdministrator, permissionUnknown, nameTaken]

/** `/api/v1/roles` (D1, contract 10): the roles of a tenant. */
export function roleRoutes(deps: RolesDeps): readonly RouteOptions[] {
  return [
    listRoute(),
    createRoute(deps),
    getRoute(),
    updateRoute(deps, 'PUT'),
    updateRoute(deps, 'PATCH'),
    deleteRoute(deps),
  ]
}

function listRoute(): RouteOptions {
  return route(`GET ${PATH}`, {
    access: mayRoles.read,
    alias: ALL,
    summary: 'The roles of the tenant.',
    query: paging,
    returns: pageOf(shownRole),
    handle: async ({ db, query }) => {
      const { rows, total } = await listRoles(db, query)
      const page = pageFrom(rows, query, { total, next: ({ id }) => id })
      return { ...page, items: page.items.map(shown) }
    },
  })
}

function createRoute(deps: RolesDeps): RouteOptions {
  return route(`POST ${PATH}`, {
    access: mayRoles.manage,
    alias: ALL,
    summary: 'Makes a role. It gives no more than whoever makes it holds.',
    body: roleBody,
    returns: shownRole,
    status: 201,
    raises: [nameTaken, beyondYours, permissionUnknown],
    handle: async (context) => {
      const wanted = { ...context.body, permissions: context.body.permissions ?? [] }
      const made = await createRole(deps, context.db, { by: managerOf(context), wanted })
      const { role } = roleChanged(made)
      context.reply.header('location', `${PATH}/${role.id}`).header('etag', etagOf(role))
      return shown(role)
    },
  })
}

function getRoute(): RouteOptions {
  return route(`GET ${PATH}/:id`, {
    access: mayRoles.read,
    alias: ONE,
    summary: 'One role, with what it gives.',
    params,
    returns: shownRole,
    tagged: true,
    raises: [unknown],
    handle: async ({ db, params, reply }) => {
      const role = await readRole(db, params.id)
      if (role === undefined) throw unknown()
      reply.header('etag', etagOf(role))
      return shown(role)
    },
  })
}

function updateRoute(deps: RolesDeps, method: 'PUT' | 'PATCH'): RouteOptions {
  return route(`${method} ${PATH}/:id`, {
    access: mayRoles.manage,
    alias: ONE,
    summary: method === 'PUT' ? 'Replaces a role.' : 'Changes some fields of a role.',
    params,
    headers: ifMatch,
    body: method === 'PUT' ? roleBody : rolePatch,
    returns: shownRole,
    raises: [...refused, stale, condition],
    handle: async (context) => {
      const { db, params, headers, body: wanted } = context
      const version = demandedVersion(headers['if-match'])
      const update = { by: managerOf(context), id: params.id, version, wanted }
      const { role, people } = roleChanged(await keeping(changeRole(deps, db, update)))
      for (const person of people) deps.standings.forget('person', person)
      context.reply.header('etag', etagOf(role))
      return shown(role)
    },
  })
}

function deleteRoute(deps: RolesDeps): RouteOptions {
  return route(`DELETE ${PATH}/:id`, {
    access: mayRoles.manage,
    alias: ONE,
    summary: 'Deletes a role; whoever had it has it no longer.',
    params,
    headers: ifMatch,
    raises: [unknown, builtIn, beyondYours, lastAdministrator, stale, condition],
    handle: async (context) => {
      const { db, params, headers } = context
      const version = demandedVersion(headers['if-match'])
      const removal = { by: managerOf(context), id: params.id, version }
      const { people } = roleChanged(await keeping(removeRole(deps, db, removal)))
      for (const person of people) deps.standings.forget('person', person)
    },
  })
}

/** A role as its readers see it. */
export function shown({ permissions, version: _version, ...role }: RoleRow) {
  return { ...role, permissions: [...permissions] }
}
