import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { entityProblems } from '../../data/index.ts'
import { route } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import { pageFrom, pageOf } from '../../tenancy/index.ts'
import { accountProblems } from '../account/account.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { addressOf, emailField } from '../password/email-field.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import { addPlatformPerson } from './add-platform-person.ts'
import { changePlatformPerson } from './change-platform-person.ts'
import { requireTag, tagOf } from './entity-tag.ts'
import { eraseFor } from './erase-for.ts'
import { exportPerson } from './export-person.ts'
import { peopleProblems } from './people.errors.ts'
import { mayPlatformPeople } from './people.permissions.ts'
import { shownExport } from './person-export-schema.ts'
import { profileChange, shownProfile } from './person-fields.ts'
import { agrees, newPerson, personChange, profilePart, statusOf } from './person-schema.ts'
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
const email = emailField.describe('Whoever writes it here vouches for it; both addresses are told')
const change = z
  .strictObject({
    ...profileChange,
    email: email.exactOptional(),
    status: personChange.status,
    is_active: personChange.is_active,
    notes: personChange.notes,
    metadata: personChange.metadata,
  })
  .refine(agrees, { path: ['is_active'], message: 'must say the same as status' })
  .refine((body) => Object.keys(body).length > 0, 'must change something')
const added = z.strictObject({
  ...profileChange,
  first_name: newPerson.first_name,
  last_name: newPerson.last_name,
  email,
  notes: personChange.notes,
  metadata: personChange.metadata,
})
const params = { id: z.uuid() }
const query = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Page size'),
  offset: z.coerce.number().int().min(0).max(10_000).default(0).describe('People to pass over'),
  cursor: z.uuid().optional().describe('next_cursor of the page before'),
  count: z.literal('exact').optional().describe('Also count all'),
  email: z.string().min(1).max(254).optional().describe('Part of the address, in any case'),
  status: shown.shape.status.optional(),
}
const { unknown, stale, ownStatus, ownsTenants, platformAdministrator, aboveYou, noMail } =
  peopleProblems

/** `/api/v1/platform/people`: all people of the service, for administrators of the platform (D18). */
export function platformPeopleRoutes(identity: Identity): readonly RouteOptions[] {
  return [
    listRoute(identity),
    addRoute(identity),
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

function addRoute(identity: Identity): RouteOptions {
  return route('POST /api/v1/platform/people', {
    access: mayPlatformPeople.manage_people,
    tenant: 'none',
    stepUp: recentSignIn,
    summary: 'Adds a person, who asks for a link to set a password and belongs to no tenant yet.',
    body: added,
    returns: shown,
    status: 201,
    raises: [peopleProblems.taken],
    handle: async ({ body, actor, reply }) => {
      const { notes, metadata } = body
      const addition = { address: addressOf(body.email), profile: profilePart(body), actor }
      const done = await addPlatformPerson(identity, { ...addition, notes, metadata })
      if (done.code === 'taken') throw peopleProblems.taken()
      reply
        .header('location', `/api/v1/platform/people/${done.row.id}`)
        .header('etag', tagOf(show(done.row)))
      return show(done.row)
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
    tagged: true,
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
    headers: { 'if-match': z.string().max(1_000).optional() },
    body: change,
    returns: shown,
    raises: [
      unknown,
      stale,
      entityProblems.condition,
      ownStatus,
      aboveYou,
      noMail,
      accountProblems.emailTaken,
    ],
    handle: async ({ params: { id }, body, headers, principal, actor, reply }) => {
      const deps = { ...identity, baseUrl: identity.app.base_url }
      const changed = await changePlatformPerson(deps, {
        person: id as Id<'person'>,
        actor,
        held: principal.platform ?? [],
        address: body.email === undefined ? undefined : addressOf(body.email),
        profile: profilePart(body),
        status: statusOf(body),
        notes: body.notes,
        metadata: body.metadata,
        precondition: (row) => requireTag(headers['if-match'], show(row)),
      })
      if (changed.code !== 'changed') throw REFUSALS[changed.code]()
      forgetPerson(identity, id)
      reply.header('etag', tagOf(show(changed.row)))
      return show(changed.row)
    },
  })
}

const REFUSALS = {
  unknown,
  own_status: ownStatus,
  beyond: aboveYou,
  no_mail: noMail,
  email_taken: accountProblems.emailTaken,
} as const

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
