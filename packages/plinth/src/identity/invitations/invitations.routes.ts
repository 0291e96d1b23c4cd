import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { route } from '../../feature/index.ts'
import { aboutTenant, managerOf, pageFrom, pageOf } from '../../tenancy/index.ts'
import { peopleProblems } from '../people/people.errors.ts'
import { mayPeople } from '../people/people.permissions.ts'
import type { PeopleDeps } from '../people/people-deps.ts'
import { newPerson } from '../people/person-schema.ts'
import { withdraw } from '../people/remove-person.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { invitationProblems } from './invitations.errors.ts'
import type { InvitationRow } from './invitations.repository.ts'
import { holdOpen, listInvitations, readInvitation } from './invitations.repository.ts'
import { invite, invitedOrRefused } from './invite.ts'
import { limitMails } from './limit-mails.ts'
import { sendAgain } from './send-again.ts'

const shown = z.object({
  id: z.uuid(),
  person_id: z.uuid().nullable().describe('Whom the tenant keeps as invited; null after the end'),
  email: z.string(),
  role: z.string(),
  state: z.enum(['waiting', 'expired', 'accepted', 'revoked', 'declined']),
  invited_by: z.uuid().nullable(),
  created_at: z.string(),
  sent_at: z.string(),
  expires_at: z.string(),
})
const tenant = { id: z.string().max(63) }
const one = { ...tenant, invitation_id: z.uuid() }
const paging = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Page size'),
  offset: z.coerce.number().int().min(0).max(10_000).default(0).describe('Items to pass over'),
  cursor: z.uuid().optional().describe('next_cursor of the page before'),
  count: z.literal('exact').optional().describe('Also count all items'),
}
const { unknown, tooMany } = invitationProblems
const { taken, beyondYours, refusedByHook } = peopleProblems

/** `/tenants/{id}/invitations` (D23); nothing where nobody is to see that there are tenants. */
export function invitationRoutes(deps: PeopleDeps): readonly RouteOptions[] {
  if (!deps.tenantsVisible) return []
  return [listRoute(deps), inviteRoute(deps), resendRoute(deps), revokeRoute(deps)].map(aboutTenant)
}

function listRoute({ clock }: PeopleDeps): RouteOptions {
  return route('GET /tenants/:id/invitations', {
    access: mayPeople.read,
    summary: 'Who was asked into the tenant, and what became of it.',
    params: tenant,
    query: paging,
    returns: pageOf(shown),
    handle: async ({ db, query }) => {
      const { rows, total } = await listInvitations(db, query)
      const page = pageFrom(rows, query, { total, next: ({ id }) => id })
      const now = isoTime(clock.now())
      return { ...page, items: page.items.map((row) => show(row, now)) }
    },
  })
}

function inviteRoute(deps: PeopleDeps): RouteOptions {
  return route('POST /tenants/:id/invitations', {
    access: mayPeople.write,
    limit: { requests: 60, windowMs: 60_000 },
    summary: 'Asks somebody into the tenant by mail.',
    params: tenant,
    body: z.strictObject({
      email: newPerson.email,
      role: newPerson.role,
      permissions: newPerson.permissions,
      first_name: newPerson.first_name.exactOptional(),
      last_name: newPerson.last_name.exactOptional(),
    }),
    returns: shown,
    status: 201,
    raises: [taken, beyondYours, tooMany, refusedByHook],
    handle: async (context) => {
      const { db, body, reply } = context
      const { email, role, permissions, ...profile } = body
      await limitMails(context.request, context.db.tenant, context.body.email)
      const by = managerOf(context)
      const row = await db.transaction(async (tx) => {
        const wanted = { email, role, permissions, profile }
        const { invitation } = invitedOrRefused(await invite(deps, tx, { by, wanted }))
        return found(await readInvitation(tx, invitation))
      })
      reply.header('location', `/tenants/${db.tenant}/invitations/${row.id}`)
      return show(row, isoTime(deps.clock.now()))
    },
  })
}

function resendRoute(deps: PeopleDeps): RouteOptions {
  return route('POST /tenants/:id/invitations/:invitation_id/resend', {
    access: mayPeople.write,
    limit: { requests: 60, windowMs: 60_000 },
    summary:
      'Sends an invitation once more; its time begins anew, and the link sent before is void.',
    params: one,
    returns: shown,
    raises: [unknown],
    handle: async ({ db, actor, params, request }) => {
      const which = { id: params.invitation_id }
      const row = await db.transaction((tx) => sendAgain(deps, tx, { actor, which, request }))
      return show(found(row), isoTime(deps.clock.now()))
    },
  })
}

function revokeRoute(deps: PeopleDeps): RouteOptions {
  return route('DELETE /tenants/:id/invitations/:invitation_id', {
    access: mayPeople.write,
    summary: 'Takes an invitation back: its link is void from this moment.',
    params: one,
    raises: [unknown],
    handle: async (context) => {
      const { db, params } = context
      await db.transaction(async (tx) => {
        const { person_id: person } = found(await holdOpen(tx, { id: params.invitation_id }))
        if (person === null) throw unknown()
        await deps.personProfile?.remove(tx, person)
        const { actor } = managerOf(context)
        await withdraw(tx, { clock: deps.clock, actor, person, as: 'revoked' })
      })
    },
  })
}

function show(
  { accepted_at: accepted, revoked_at: revoked, declined_at: declined, ...row }: InvitationRow,
  now: string,
): z.input<typeof shown> {
  const ended = (accepted && 'accepted') || (revoked && 'revoked') || (declined && 'declined')
  const state = ended || (row.expires_at > now ? 'waiting' : 'expired')
  return { ...row, state }
}

/** @throws AppError invitation.unknown */
function found(row: InvitationRow | undefined): InvitationRow {
  if (row === undefined) throw unknown()
  return row
}
