import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { Principal } from '../../access/index.ts'
import { covers } from '../../access/index.ts'
import type { Tx } from '../../data/index.ts'
import { route } from '../../feature/index.ts'
import { httpProblems } from '../../http/index.ts'
import type { Id } from '../../kernel/index.ts'
import { pageFrom, pageOf, paging, requireGrantable, roleProblems } from '../../tenancy/index.ts'
import { shownName } from '../api-keys/shown-name.ts'
import type { Identity } from '../identity-deps.ts'
import { holdServiceAccount } from '../service-accounts/service-accounts.repository.ts'
import { CLIENT_AUTHENTICATIONS } from './client-authentications.ts'
import { isClientScope } from './client-scope.ts'
import { MOST_OVERLAP_SECONDS, USUAL_OVERLAP_SECONDS } from './client-secret.ts'
import type { OAuthClient } from './clients.repository.ts'
import { holdClient, listClients } from './clients.repository.ts'
import { endClient } from './end-client.ts'
import { fitKeys, makeClient } from './make-client.ts'
import { oauthProblems } from './oauth.errors.ts'
import { mayClients } from './oauth.permissions.ts'
import { renewSecret } from './renew-secret.ts'

const PATH = '/api/v1/oauth-clients'
const stepUp = { maxAgeSeconds: 900 }
const params = { id: z.uuid() }
const secret = z.string().nullable().describe('Shown this once; null for a client with keys.')

const shown = z.object({
  id: z.uuid().describe('The client_id.'),
  name: z.string(),
  service_account_id: z.uuid(),
  authentication: z.enum(CLIENT_AUTHENTICATIONS),
  scopes: z.array(z.string()),
  created_at: z.string(),
  last_used_at: z.string().nullable(),
})

const created = z.strictObject({
  name: shownName,
  service_account_id: z.uuid().describe('Whom the client acts as.'),
  scopes: z
    .array(z.string().refine(isClientScope, { error: 'must be area:action, area:* or *' }))
    .min(1)
    .max(50)
    .describe('The most that it may ask for, within what you may do.'),
  authentication: z.enum(CLIENT_AUTHENTICATIONS).default('client_secret'),
  public_keys: z
    .array(z.record(z.string(), z.json()))
    .max(5)
    .exactOptional()
    .describe('Public keys as JWKs, for private_key_jwt only.'),
})

const { unknownClient, unknownAccount, beyondYours, unfitKeys, noSecrets } = oauthProblems

/** `/api/v1/oauth-clients`: machine clients of a tenant, each of which acts as a service account. */
export function clientRoutes(identity: Identity): readonly RouteOptions[] {
  if (!identity.oauth.enabled) return []
  return [listRoute(), createRoute(identity), secretRoute(identity), revokeRoute(identity)]
}

function listRoute(): RouteOptions {
  return route(`GET ${PATH}`, {
    access: mayClients.read,
    summary: 'The machine clients of the tenant.',
    query: paging,
    returns: pageOf(shown),
    handle: async ({ db, query }) => {
      const { rows, total } = await listClients(db, db.tenant, query)
      const page = pageFrom(rows, query, { total, next: (row) => row.id })
      return { ...page, items: page.items.map(show) }
    },
  })
}

function createRoute({ clock, catalogue }: Identity): RouteOptions {
  return route(`POST ${PATH}`, {
    access: mayClients.manage,
    stepUp,
    summary: 'Makes a machine client; the answer is the only time that its secret is shown.',
    body: created,
    returns: shown.extend({ client_secret: secret }),
    status: 201,
    raises: [
      httpProblems.notInPerson,
      unknownAccount,
      beyondYours,
      roleProblems.permissionUnknown,
      unfitKeys,
    ],
    handle: async ({ db, body, actor, principal, placement, reply }) => {
      inPerson(principal)
      if (!holdsAll(placement?.permissions, body.scopes)) throw beyondYours()
      const account = body.service_account_id as Id<'person'>
      const wanted = { ...body, account, keys: body.public_keys ?? [] }
      const keys = await fitKeys(wanted)
      const made = await db.transaction(async (tx) => {
        if ((await holdServiceAccount(tx, account)) === undefined) throw unknownAccount()
        await requireGrantable(tx, { catalogue }, { grants: body.scopes, path: 'body/scopes' })
        return makeClient(tx, clock, { wanted, keys, by: principal.person, actor })
      })
      reply.header('location', `${PATH}/${made.client.id}`)
      return { ...show(made.client), client_secret: made.secret }
    },
  })
}

function secretRoute({ clock }: Identity): RouteOptions {
  return route(`POST ${PATH}/:id/secrets`, {
    access: mayClients.manage,
    stepUp,
    summary: 'Makes a new secret; the ones before it work for the overlap.',
    params,
    body: z.strictObject({
      overlap_seconds: z
        .int32()
        .min(0)
        .max(MOST_OVERLAP_SECONDS)
        .default(USUAL_OVERLAP_SECONDS)
        .describe('Seconds for which the secrets before it still work.'),
    }),
    returns: z.object({ client_secret: z.string() }),
    status: 201,
    raises: [httpProblems.notInPerson, unknownClient, beyondYours, noSecrets],
    handle: async ({ db, body, actor, principal, placement, params: { id } }) => {
      inPerson(principal)
      return db.transaction(async (tx) => {
        const client = await ownClient(tx, id, placement?.permissions)
        const { overlap_seconds: overlapSeconds } = body
        const secret = await renewSecret(tx, clock, { client, overlapSeconds, actor })
        return { client_secret: secret }
      })
    },
  })
}

function revokeRoute({ clock, own }: Identity): RouteOptions {
  return route(`DELETE ${PATH}/:id`, {
    access: mayClients.manage,
    stepUp,
    summary: 'Revokes a machine client: its proof and its tokens are worth nothing from then on.',
    params,
    raises: [httpProblems.notInPerson, unknownClient, beyondYours],
    handle: async ({ db, actor, principal, placement, params: { id } }) => {
      inPerson(principal)
      const client = await db.transaction(async (tx) => {
        const found = await ownClient(tx, id, placement?.permissions)
        await endClient(tx, clock, { client: found, actor })
        return found
      })
      own.cache?.forget(`person ${client.person_id}`)
    },
  })
}

/** @throws AppError 403: a key or a token must not make what outlives it */
function inPerson({ credential }: Principal): void {
  if (credential.session === undefined) throw httpProblems.notInPerson()
}

/** @throws AppError 404 for one that is not of the tenant, 403 for one that may do more */
async function ownClient(tx: Tx, id: string, held: readonly string[] | undefined) {
  const client = await holdClient(tx, { id, tenant: tx.tenant })
  if (client === undefined) throw unknownClient()
  if (!holdsAll(held, client.scopes)) throw beyondYours()
  return client
}

function holdsAll(held: readonly string[] = [], wanted: readonly string[]): boolean {
  return wanted.every((one) => held.some((grant) => covers(grant, one)))
}

function show(row: OAuthClient): z.input<typeof shown> {
  const { id, name, person_id, authentication, scopes, created_at, last_used_at } = row
  return {
    ...{ id, name, service_account_id: person_id, authentication, scopes: [...scopes] },
    created_at,
    last_used_at,
  }
}
