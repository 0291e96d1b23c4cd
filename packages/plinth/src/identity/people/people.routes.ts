import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { entityProblems } from '../../data/index.ts'
import { route } from '../../feature/index.ts'
import { pageFrom, pageOf } from '../../tenancy/index.ts'
import { invitationProblems } from '../invitations/invitations.errors.ts'
import { sendAgain } from '../invitations/send-again.ts'
import { listDirectory } from './directory.repository.ts'
import { askedOf, directoryQuery, nextCursor } from './directory-query.ts'
import { peopleProblems } from './people.errors.ts'
import { mayPeople } from './people.permissions.ts'
import type { PeopleDeps } from './people-deps.ts'
import { handleAdd, handleChange, handleGet, handleRemove } from './people-handlers.ts'
import { personSchemas, showPerson } from './person-schema.ts'

const params = { id: z.uuid() }
const ifMatch = {
  'if-match': z.string().max(1_000).optional().describe('ETag that the person must still have'),
}
const { condition } = entityProblems
const { unknown, taken, notYours, stale, ownStatus, ownerStatus, lastAdministrator, beyondYours } =
  peopleProblems

/** `/api/v1/people`: the people of a tenant (contract 9, D3, D18); `/people` by `app.compat`. */
export function peopleRoutes(deps: PeopleDeps): readonly RouteOptions[] {
  return [
    listRoute(deps),
    addRoute(deps),
    getRoute(deps),
    changeRoute(deps, 'PUT'),
    changeRoute(deps, 'PATCH'),
    removeRoute(deps),
    inviteAgainRoute(deps),
  ]
}

const ALL = { compat: 's3', path: '/people' } as const
const ONE = { compat: 's3', path: '/people/:id' } as const

function listRoute(deps: PeopleDeps): RouteOptions {
  const { shown } = personSchemas(deps.personProfile)
  return route('GET /api/v1/people', {
    access: mayPeople.read,
    tenant: 'required',
    alias: ALL,
    summary: 'The people of the tenant, those asked in among them.',
    query: directoryQuery,
    returns: pageOf(shown),
    handle: async ({ db, query }) => {
      const asked = askedOf(db, query)
      const { rows, total } = await listDirectory(db, asked)
      const page = pageFrom(rows, asked, {
        total,
        next: (last) => nextCursor(db, asked, last),
      })
      const profiles = await deps.personProfile?.of(
        db,
        page.items.map(({ id }) => id),
      )
      return { ...page, items: page.items.map((row) => showPerson(row, profiles?.get(row.id))) }
    },
  })
}

function addRoute(deps: PeopleDeps): RouteOptions {
  const { shown, create } = personSchemas(deps.personProfile)
  return route('POST /api/v1/people', {
    access: mayPeople.write,
    tenant: 'required',
    alias: ALL,
    limit: { requests: 60, windowMs: 60_000 },
    summary: 'Adds a person to the tenant and asks them in by mail.',
    body: create,
    returns: shown,
    status: 201,
    raises: [taken, invitationProblems.tooMany, beyondYours, peopleProblems.refusedByHook],
    handle: (context) => handleAdd(deps, context),
  })
}

function getRoute(deps: PeopleDeps): RouteOptions {
  const { shown } = personSchemas(deps.personProfile)
  return route('GET /api/v1/people/:id', {
    access: mayPeople.read,
    tenant: 'required',
    alias: ONE,
    summary: 'One person of the tenant.',
    params,
    returns: shown,
    tagged: true,
    raises: [unknown],
    handle: (context) => handleGet(deps, context),
  })
}

function changeRoute(deps: PeopleDeps, method: 'PUT' | 'PATCH'): RouteOptions {
  const { shown, change } = personSchemas(deps.personProfile)
  return route(`${method} /api/v1/people/:id`, {
    access: mayPeople.write,
    tenant: 'required',
    alias: ONE,
    summary: 'Changes what a person is in the tenant; fields left out stay.',
    params,
    headers: ifMatch,
    body: change,
    returns: shown,
    raises: [
      unknown,
      beyondYours,
      notYours,
      stale,
      condition,
      ownStatus,
      ownerStatus,
      lastAdministrator,
    ],
    handle: (context) => handleChange(deps, context),
  })
}

function removeRoute(deps: PeopleDeps): RouteOptions {
  return route('DELETE /api/v1/people/:id', {
    access: mayPeople.write,
    tenant: 'required',
    alias: ONE,
    summary: 'Ends what a person is in the tenant: they have no access from this moment.',
    params,
    headers: ifMatch,
    raises: [unknown, beyondYours, stale, condition, ownStatus, lastAdministrator],
    handle: (context) => handleRemove(deps, context),
  })
}

function inviteAgainRoute(deps: PeopleDeps): RouteOptions {
  const { shown } = personSchemas(deps.personProfile)
  return route('POST /api/v1/people/:id/invite', {
    access: mayPeople.write,
    tenant: 'required',
    limit: { requests: 60, windowMs: 60_000 },
    summary: 'Sends the invitation of somebody who has not come yet once more.',
    params,
    returns: shown,
    raises: [unknown, invitationProblems.unknown],
    handle: async (context) => {
      const { db, actor, request } = context
      const which = { person: context.params.id }
      const sent = await db.transaction((tx) => sendAgain(deps, tx, { actor, which, request }))
      if (sent === undefined) throw invitationProblems.unknown()
      return handleGet(deps, context)
    },
  })
}
