import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { route } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Identity } from '../identity-deps.ts'
import { changePlatformPerson } from './change-platform-person.ts'
import { pageFrom, pageOf } from './directory-page.ts'
import { requireTag, tagOf } from './entity-tag.ts'
import { eraseFor } from './erase-for.ts'
import { exportPerson } from './export-person.ts'
import { peopleProblems } from './people.errors.ts'
import { mayPlatformPeople } from './people.permissions.ts'
import { shownExport } from './person-export-schema.ts'
import { profileChange, shownProfile } from './person-fields.ts'
import { agrees, personChange, profilePart, statusOf } from './person-schema.ts'
import type { PlatformPersonRow } from './platform-people.repository.ts'
import { listPlatformPeople, readPlatformPerson } from './platform-people.repository.ts'
import { recentSignIn } from './recent-sign-in.ts'

const shown = z.object({
  id: z.uuid(),
  ...shownProfile,
  email: z.string().nullable(),
  email_verified: z.boolean(),
  kind: z.enum(['human', 'service']),
  status: z.enum(['active', 'inactive', 'archived']),
  is_active: z.boolean(),
  notes: z.string().nullable(),
  metadata: z.record(z.string(), z.json()),
  created_at: z.string(),
  updated_at: z.string(),
})
const change = z
  .strictObject({
    ...profileChange,
    status: personChange.status,
    is_active: personChange.is_active,
    notes: personChange.notes,
    metadata: personChange.metadata,
  })
  .refine(agrees, { path: ['is_active'], message: 'must say the same as status' })
  .refine((body) => Object.keys(body).length > 0, 'must change something')
const params = { id: z.uuid() }
const query = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Page size'),
  offset: z.coerce.number().int().min(0).max(10_000).default(0).describe('People to pass over'),
  cursor: z.uuid().optional().describe('next_cursor of the page before'),
  count: z.literal('exact').optional().describe('Also count all'),
  email: z.string().min(1).max(254).optional().describe('Part of the address, in any case'),
  status: shown.shape.status.optional(),
}
const { unknown, stale, ownStatus, ownsTenants, platformAdministrator } = peopleProblems

/** `/api/v1/platform/people`: all people of the service, for administrators of the platform (D18). */
export function platformPeopleRoutes(identity: Identity): readonly RouteOptions[] {
  return [
    listRoute(identity),
    getRoute(identity),
    changeRoute(identity, 'PUT'),
    changeRoute(identity, 'PATCH'),
    exportRoute(identity),
    eraseRoute(identity),
  ]
}

function listRoute({ platform }: Identity): RouteOptions {
  return route('GET /api/v1/platform/people', {
    access: mayPlatformPeople.read_people,
    tenant: 'none',
    summary: 'All people of the service, service accounts among them.',
    query,
    returns: pageOf(shown),
    handle: async ({ query: asked }) => {
      const { rows, total } = await listPlatformPeople(platform, asked)
      const page = pageFrom(rows, asked, { total, next: ({ id }) => id })
      return { ...page, items: page.items.map(show) }
    },
  })
}

function getRoute({ platform }: Identity): RouteOptions {
  return route('GET /api/v1/platform/people/:id', {
    access: mayPlatformPeople.read_people,
    tenant: 'none',
    summary: 'One person of the service.',
    params,
    returns: shown,
    raises: [unknown],
    handle: async ({ params: { id }, reply }) => {
      const row = await readPlatformPerson(platform, id)
      if (row === undefined) throw unknown()
      reply.header('etag', tagOf(show(row)))
      return show(row)
    },
  })
}

function changeRoute(identity: Identity, method: 'PUT' | 'PATCH'): RouteOptions {
  return route(`${method} /api/v1/platform/people/:id`, {
    access: mayPlatformPeople.manage_people,
    tenant: 'none',
    stepUp: recentSignIn,
    summary: 'Changes a person, and whether they may come in anywhere; fields left out stay.',
    params,
    headers: { 'if-match': z.string().max(200).optional() },
    body: change,
    returns: shown,
    raises: [unknown, stale, ownStatus],
    handle: async ({ params: { id }, body, headers, actor, reply }) => {
      const changed = await changePlatformPerson(identity, {
        person: id as Id<'person'>,
        actor,
        profile: profilePart(body),
        status: statusOf(body),
        notes: body.notes,
        metadata: body.metadata,
        precondition: (row) => requireTag(headers['if-match'], show(row)),
      })
      if (changed.code !== 'changed') throw changed.code === 'unknown' ? unknown() : ownStatus()
      identity.sessionCache?.forget(id)
      reply.header('etag', tagOf(show(changed.row)))
      return show(changed.row)
    },
  })
}

function exportRoute(identity: Identity): RouteOptions {
  return route('GET /api/v1/platform/people/:id/export', {
    access: mayPlatformPeople.manage_people,
    tenant: 'none',
    stepUp: recentSignIn,
    summary: 'All that is kept about a person.',
    params,
    returns: shownExport,
    raises: [unknown],
    handle: async ({ params: { id }, actor, reply }) => {
      const all = await exportPerson(identity, { person: id, actor, by: 'platform' })
      if (all === undefined) throw unknown()
      reply.header('cache-control', 'no-store')
      return all
    },
  })
}

function eraseRoute(identity: Identity): RouteOptions {
  return route('DELETE /api/v1/platform/people/:id', {
    access: mayPlatformPeople.manage_people,
    tenant: 'none',
    stepUp: recentSignIn,
    summary: 'Erases a person for good.',
    params,
    raises: [unknown, ownsTenants, platformAdministrator],
    handle: async ({ params: { id }, actor }) =>
      eraseFor(identity, { person: id as Id<'person'>, actor, by: 'platform' }),
  })
}

function show(row: PlatformPersonRow): z.output<typeof shown> {
  return shown.parse({ ...row, is_active: row.status === 'active' })
}
