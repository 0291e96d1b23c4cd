import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { signedIn } from '../../access/index.ts'
import { demandedVersion, entityProblems, etagOf } from '../../data/index.ts'
import type { ContextFor } from '../../feature/index.ts'
import { route } from '../../feature/index.ts'
import { httpProblems } from '../../http/index.ts'
import { pageFrom, pageOf, paging, roleProblems } from '../../tenancy/index.ts'
import { keyChangeBody, madeKey, newKeyBody, showKey, shownKey } from './api-key.schema.ts'
import { apiKeyProblems } from './api-keys.errors.ts'
import { findKey, listKeys } from './api-keys.repository.ts'
import { createKey } from './create-key.ts'
import { createdOf, revokedOf, rotatedOf, updatedOf } from './key-answers.ts'
import { keyAsker, keysSeenBy } from './key-asker.ts'
import type { KeyCache } from './key-cache.ts'
import type { KeysDeps } from './keys-deps.ts'
import { revokeKey } from './revoke-key.ts'
import { rotateKey } from './rotate-key.ts'
import { changeKey } from './update-key.ts'

/** What the routes of keys need. */
export interface KeyRouteDeps extends KeysDeps {
  readonly cache: KeyCache
}

const PATH = '/api/v1/api-keys'
const MOST_OVERLAP_SECONDS = 30 * 86_400
const { unknown, beyondYours, notYours, ended, rotated, tooMany, unfit } = apiKeyProblems
const { notInPerson } = httpProblems
const { permissionUnknown } = roleProblems
const params = { id: z.uuid() }
// Making and replacing keys is no daily work; a stolen session shall not stock up on them.
const limit = { requests: 30, windowMs: 60_000 }
/** A key outlives the session that makes it (ASVS 7.5.3). */
const stepUp = { maxAgeSeconds: 900, ofPeople: true }
const common = { access: signedIn(), tenant: 'required' } as const

type KeyContext = ContextFor<typeof common.access>

/** `/api/v1/api-keys`: keys of the person who asks, or of the tenant for who looks after them (D1, D12). */
export function apiKeyRoutes(deps: KeyRouteDeps): readonly RouteOptions[] {
  return [
    listRoute(deps),
    createRoute(deps),
    getRoute(deps),
    changeRoute(deps, 'PUT'),
    changeRoute(deps, 'PATCH'),
    rotateRoute(deps),
    revokeRoute(deps),
  ]
}

function listRoute({ clock }: KeyRouteDeps): RouteOptions {
  return route(`GET ${PATH}`, {
    ...common,
    summary: 'The API keys of the person, or of the tenant for who may read them.',
    query: { ...paging, owner_id: z.uuid().optional().describe('Keys of one owner only') },
    returns: pageOf(shownKey),
    raises: [notInPerson],
    handle: async (context) => {
      const { db, query } = context
      const by = keyAsker(context)
      const asked = { ...query, owner: query.owner_id }
      const { rows, total } = await listKeys(db, { tenant: by.tenant, seen: keysSeenBy(by) }, asked)
      const page = pageFrom(rows, query, { total, next: (row) => row.id })
      const now = clock.now()
      return { ...page, items: page.items.map((row) => showKey(row, now)) }
    },
  })
}

function createRoute(deps: KeyRouteDeps): RouteOptions {
  return route(`POST ${PATH}`, {
    ...common,
    limit,
    stepUp,
    summary: 'Makes an API key; the answer is the only time that it is shown.',
    body: newKeyBody,
    returns: madeKey,
    status: 201,
    raises: [notInPerson, beyondYours, unfit, permissionUnknown, tooMany, ended],
    handle: async (context) => {
      const made = createdOf(await createKey(deps, context.db, keyAsker(context), context.body))
      return answerMade(deps, context, made)
    },
  })
}

function getRoute({ clock }: KeyRouteDeps): RouteOptions {
  return route(`GET ${PATH}/:id`, {
    ...common,
    summary: 'One API key, without the key itself.',
    params,
    returns: shownKey,
    raises: [notInPerson, unknown],
    handle: async (context) => {
      const by = keyAsker(context)
      const sight = { tenant: by.tenant, seen: keysSeenBy(by) }
      const key = await findKey(context.db, sight, context.params.id)
      if (key === undefined) throw unknown()
      context.reply.header('etag', etagOf(key))
      return showKey(key, clock.now())
    },
  })
}

function changeRoute(deps: KeyRouteDeps, method: 'PUT' | 'PATCH'): RouteOptions {
  return route(`${method} ${PATH}/:id`, {
    ...common,
    summary: 'Changes an API key; fields left out stay.',
    params,
    headers: {
      'if-match': z.string().max(1_000).optional().describe('ETag that the key must still have'),
    },
    body: keyChangeBody,
    returns: shownKey,
    raises: [
      notInPerson,
      unknown,
      notYours,
      ended,
      beyondYours,
      unfit,
      permissionUnknown,
      entityProblems.stale,
      entityProblems.condition,
    ],
    handle: async (context) => {
      const {
        params: { id },
        body: change,
        headers,
      } = context
      const version = demandedVersion(headers['if-match'])
      const key = updatedOf(
        await changeKey(deps, context.db, keyAsker(context), { id, change, version }),
      )
      deps.cache.forget(id)
      context.reply.header('etag', etagOf(key))
      return showKey(key, deps.clock.now())
    },
  })
}

function rotateRoute(deps: KeyRouteDeps): RouteOptions {
  return route(`POST ${PATH}/:id/rotate`, {
    ...common,
    limit,
    stepUp,
    summary: 'Makes the successor of an API key; both work for the overlap.',
    params,
    body: z
      .strictObject({
        overlap_seconds: z
          .int32()
          .min(0)
          .max(MOST_OVERLAP_SECONDS)
          .exactOptional()
          .describe('Seconds that the old key still works'),
      })
      .nullish(),
    returns: madeKey,
    status: 201,
    raises: [notInPerson, unknown, notYours, ended, rotated, beyondYours],
    handle: async (context) => {
      const {
        params: { id },
        body,
      } = context
      const overlapSeconds = body?.overlap_seconds ?? deps.settings.rotation_overlap_seconds
      const asked = { id, overlapSeconds }
      const made = rotatedOf(await rotateKey(deps, context.db, keyAsker(context), asked))
      deps.cache.forget(id)
      return answerMade(deps, context, made)
    },
  })
}

function revokeRoute(deps: KeyRouteDeps): RouteOptions {
  return route(`DELETE ${PATH}/:id`, {
    ...common,
    summary: 'Revokes an API key, and every key that it made.',
    params,
    raises: [notInPerson, unknown, notYours],
    handle: async (context) => {
      const revoked = await revokeKey(deps, context.db, keyAsker(context), context.params.id)
      for (const id of revokedOf(revoked)) deps.cache.forget(id)
    },
  })
}

function answerMade(
  { clock }: KeyRouteDeps,
  { reply }: Pick<KeyContext, 'reply'>,
  { key, record }: ReturnType<typeof createdOf>,
) {
  reply.header('location', `${PATH}/${record.id}`)
  return { key, api_key: showKey(record, clock.now()) }
}
