import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { covers, isGrant, permissions } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import { route } from '../../feature/index.ts'
import { newId } from '../../kernel/index.ts'
import { pageFrom, pageOf, paging, requireGrantable, roleProblems } from '../../tenancy/index.ts'
import { shownName } from '../api-keys/shown-name.ts'
import type { Identity } from '../identity-deps.ts'
import { serviceAccountProblems } from './service-accounts.errors.ts'
import { serviceAccountEvents } from './service-accounts.events.ts'
import type { ServiceAccount } from './service-accounts.repository.ts'
import {
  holdServiceAccount,
  insertServiceAccount,
  listServiceAccounts,
  updateServiceAccount,
} from './service-accounts.repository.ts'

/** What may be done in a tenant with its service accounts. */
export const mayServiceAccounts = permissions('service_account', {
  read: 'See the service accounts of the tenant',
  manage: 'Make, rename and disable service accounts that may do no more than oneself',
})

const PATH = '/api/v1/service-accounts'

const name = shownName
const status = z.enum(['active', 'disabled'])
const shown = z.object({
  id: z.uuid(),
  name: z.string(),
  status,
  permissions: z.array(z.string()),
  created_at: z.string(),
})
const created = z.strictObject({
  name,
  permissions: z
    .array(
      z.string().refine((text) => isGrant(text) && !text.startsWith('platform:'), {
        error: 'must be area:action, area:* or *',
      }),
    )
    .max(200)
    .default([])
    .describe('What it may do, within what you may; roles give more'),
})
const changed = z
  .strictObject({ name: name.exactOptional(), status: status.exactOptional() })
  .refine((body) => Object.keys(body).length > 0, 'must change something')

const { unknown, archived, beyondYours } = serviceAccountProblems

/** `/api/v1/service-accounts`: who programs act as, with API keys and as machine clients. */
export function serviceAccountRoutes(
  deps: Pick<Identity, 'clock' | 'catalogue'>,
): readonly RouteOptions[] {
  return [listRoute(), createRoute(deps), changeRoute()]
}

function listRoute(): RouteOptions {
  return route(`GET ${PATH}`, {
    access: mayServiceAccounts.read,
    summary: 'The service accounts of the tenant.',
    query: paging,
    returns: pageOf(shown),
    handle: async ({ db, query }) => {
      const { rows, total } = await listServiceAccounts(db, query)
      const page = pageFrom(rows, query, { total, next: (row) => row.id })
      return { ...page, items: page.items.map(show) }
    },
  })
}

function createRoute({ clock, catalogue }: Pick<Identity, 'clock' | 'catalogue'>): RouteOptions {
  return route(`POST ${PATH}`, {
    access: mayServiceAccounts.manage,
    summary: 'Makes a service account of the tenant.',
    body: created,
    returns: shown,
    status: 201,
    raises: [beyondYours, roleProblems.permissionUnknown],
    handle: ({ db, body, actor, placement, reply }) => {
      if (!holdsAll(placement?.permissions, body.permissions)) throw beyondYours()
      return db.transaction(async (tx) => {
        const asked = { grants: body.permissions, path: 'body/permissions' }
        await requireGrantable(tx, { catalogue }, asked)
        const id = newId<'person'>(clock)
        await insertServiceAccount(tx, { id, ...body })
        const target = { type: 'person', id }
        const data = { permissions: body.permissions }
        await record(tx, actor, serviceAccountEvents.created({ outcome: 'success', target, data }))
        const made = await holdServiceAccount(tx, id)
        if (made === undefined) throw unknown('it was just written')
        reply.header('location', `${PATH}/${id}`)
        return show(made)
      })
    },
  })
}

function changeRoute(): RouteOptions {
  return route(`PATCH ${PATH}/:id`, {
    access: mayServiceAccounts.manage,
    summary: 'Renames or disables a service account; disabled, none of its keys and tokens works.',
    params: { id: z.uuid() },
    body: changed,
    returns: shown,
    raises: [unknown, archived, beyondYours],
    handle: ({ db, params, body, actor, placement }) =>
      db.transaction(async (tx) => {
        const account = await holdServiceAccount(tx, params.id)
        if (account === undefined) throw unknown()
        if (account.archived) throw archived()
        if (!holdsAll(placement?.permissions, account.grants)) throw beyondYours()
        const next = { ...account, ...body }
        await updateServiceAccount(tx, next)
        const target = { type: 'person', id: account.id }
        const data = { fields: Object.keys(body), status: next.status }
        await record(tx, actor, serviceAccountEvents.changed({ outcome: 'success', target, data }))
        return show(next)
      }),
  })
}

/** Whether somebody holds all that an account may do: nobody works through one that may do more. */
function holdsAll(held: readonly string[] = [], wanted: readonly string[]): boolean {
  return wanted.every((one) => held.some((grant) => covers(grant, one)))
}

function show({
  grants: _grants,
  archived: _archived,
  permissions: list,
  ...row
}: ServiceAccount): z.input<typeof shown> {
  return { ...row, permissions: [...list] }
}
