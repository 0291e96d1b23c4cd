import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { route } from '../../feature/index.ts'
import type { AppError } from '../../kernel/index.ts'
import { pageFrom, pageOf, paging, skippedBy } from '../paging.ts'
import type { PermissionChange } from './change-permission.ts'
import {
  addPermission,
  changePermission,
  isDeclared,
  removePermission,
} from './change-permission.ts'
import type { AddedPermission } from './permissions.repository.ts'
import { addedPermissions } from './permissions.repository.ts'
import { mayRoles } from './role-permissions.ts'
import { description, permissionKey, shownPermission } from './role-schemas.ts'
import { roleProblems } from './roles.errors.ts'
import type { RolesDeps } from './roles-deps.ts'

const PATH = '/api/v1/permissions'
const ALL = { compat: 's3', path: '/permissions' } as const
const ONE = { compat: 's3', path: '/permissions/:key' } as const
const params = { key: permissionKey }
const fields = { description: description.default(''), is_active: z.boolean().default(true) }
const { permissionNotFound, permissionTaken, permissionDeclared, permissionInUse } = roleProblems

/** `/api/v1/permissions` (D1, contract 10): what roles of a tenant can give. */
export function permissionRoutes(deps: RolesDeps): readonly RouteOptions[] {
  return [
    listRoute(deps),
    createRoute(deps),
    updateRoute(deps, 'PUT'),
    updateRoute(deps, 'PATCH'),
    deleteRoute(deps),
  ]
}

function listRoute({ catalogue }: RolesDeps): RouteOptions {
  const { cursor: _cursor, ...query } = paging
  return route(`GET ${PATH}`, {
    access: mayRoles.read,
    alias: ALL,
    summary: 'What roles can give: what the service declares, and what the tenant added.',
    query: {
      ...query,
      cursor: permissionKey.optional().describe('next_cursor of the page before'),
    },
    returns: pageOf(shownPermission),
    handle: async ({ db, query: asked }) => {
      const added = await addedPermissions(db)
      const all = [...catalogue().all.map(declared), ...added.map(shown)].toSorted((a, b) =>
        a.key < b.key ? -1 : 1,
      )
      const { cursor = '', count } = asked
      const rest = all.filter(({ key }) => key > cursor).slice(skippedBy(asked))
      const total = count === 'exact' ? all.length : null
      return pageFrom(rest, asked, { total, next: ({ key }) => key })
    },
  })
}

function createRoute({ catalogue }: RolesDeps): RouteOptions {
  return route(`POST ${PATH}`, {
    access: mayRoles.manage,
    alias: ALL,
    summary:
      'Adds a permission, in an area of the tenant’s own, for its own programs to ask about.',
    body: z.strictObject({ key: permissionKey, ...fields }),
    returns: shownPermission,
    status: 201,
    raises: [permissionTaken, permissionDeclared],
    handle: async ({ db, actor, body, reply }) => {
      if (isDeclared(catalogue(), body.key)) throw permissionDeclared()
      const permission = done(await addPermission(db, actor, body))
      reply.header('location', `${PATH}/${permission.key}`)
      return shown(permission)
    },
  })
}

function updateRoute({ catalogue, standings }: RolesDeps, method: 'PUT' | 'PATCH'): RouteOptions {
  const body = z.strictObject({
    description: description.exactOptional(),
    is_active: z.boolean().exactOptional(),
  })
  return route(`${method} ${PATH}/:key`, {
    access: mayRoles.manage,
    alias: ONE,
    summary:
      method === 'PUT'
        ? 'Replaces what a permission of the tenant is for, and whether it counts.'
        : 'Changes a permission of the tenant.',
    params,
    body: method === 'PUT' ? z.strictObject(fields) : body,
    returns: shownPermission,
    raises: [permissionNotFound, permissionDeclared],
    handle: async ({ db, actor, params: { key }, body: wanted }) => {
      if (isDeclared(catalogue(), key)) throw permissionDeclared()
      const permission = done(await changePermission(db, actor, { key, ...wanted }))
      standings.forget('tenant', db.tenant)
      return shown(permission)
    },
  })
}

function deleteRoute({ catalogue }: RolesDeps): RouteOptions {
  return route(`DELETE ${PATH}/:key`, {
    access: mayRoles.manage,
    alias: ONE,
    summary: 'Removes a permission that the tenant added and that no role gives.',
    params,
    raises: [permissionNotFound, permissionDeclared, permissionInUse],
    handle: async ({ db, actor, params: { key } }) => {
      if (isDeclared(catalogue(), key)) throw permissionDeclared()
      done(await removePermission(db, actor, key))
    },
  })
}

const REFUSALS: { readonly [C in Exclude<PermissionChange['code'], 'changed'>]: () => AppError } = {
  declared: permissionDeclared,
  taken: permissionTaken,
  unknown: permissionNotFound,
  in_use: permissionInUse,
}

/** @throws AppError when nothing was changed */
function done(change: PermissionChange): AddedPermission {
  if (change.code === 'changed') return change.permission
  throw REFUSALS[change.code]()
}

function declared({ key, description: says }: { key: string; description: string }) {
  return { key, description: says, is_active: true, declared: true }
}

function shown({ key, description: says, is_active }: AddedPermission) {
  return { key, description: says, is_active, declared: false }
}
