import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { record } from '../../../audit/index.ts'
import type { PlatformDb } from '../../../data/index.ts'
import { route } from '../../../feature/index.ts'
import { isoTime } from '../../sessions/iso-time.ts'
import type { OwnAccess } from './own-access.ts'
import { SIGNING_ALGORITHMS } from './signing-algorithms.ts'
import type { SigningKey } from './signing-key.ts'
import { signingKeyProblems } from './signing-keys.errors.ts'
import { signingKeyEvents } from './signing-keys.events.ts'
import { mayWithKeys } from './signing-keys.permissions.ts'
import { deleteSigningKey } from './signing-keys.repository.ts'

const PATH = '/api/v1/platform/signing-keys'
const shown = z.object({
  id: z.uuid(),
  algorithm: z.enum(SIGNING_ALGORITHMS),
  created_at: z.string(),
  signs_from: z.string(),
  verifies_until: z.string().nullable().describe('Null while no successor is known.'),
})
const common = {
  access: mayWithKeys.manage_signing_keys,
  tenant: 'none',
  stepUp: { maxAgeSeconds: 900 },
} as const
const { unknownKey } = signingKeyProblems

/** What the routes need. */
export interface SigningKeyRouteDeps {
  readonly platform: PlatformDb
  readonly own: OwnAccess
}

/** `/api/v1/platform/signing-keys`: keys rotate by themselves; here for who cannot wait. */
export function signingKeyRoutes({ platform, own }: SigningKeyRouteDeps): readonly RouteOptions[] {
  const list = route(`GET ${PATH}`, {
    ...common,
    summary: 'The keys that verify access tokens at this moment, the youngest first.',
    returns: z.object({ items: z.array(shown) }),
    handle: async () => ({ items: (await own.keys.all()).map(show) }),
  })
  const make = route(`POST ${PATH}`, {
    ...common,
    summary: 'Makes the next key: it is published now, and signs ten minutes later.',
    returns: z.object({ id: z.uuid() }),
    status: 201,
    handle: async ({ actor }) => {
      const id = await platform.transaction(async (tx) => {
        const made = await own.keys.rotate(tx)
        const target = { type: 'signing_key', id: made }
        await record(tx, actor, signingKeyEvents.made({ outcome: 'success', target }))
        return made
      })
      own.keys.changed()
      return { id }
    },
  })
  const takeBack = route(`DELETE ${PATH}/:id`, {
    ...common,
    summary: 'Takes a key back: whatever it signed is refused within a second.',
    params: { id: z.uuid() },
    raises: [unknownKey],
    handle: async ({ actor, params: { id } }) => {
      await platform.transaction(async (tx) => {
        if (!(await deleteSigningKey(tx, id))) throw unknownKey()
        const target = { type: 'signing_key', id }
        await record(tx, actor, signingKeyEvents.taken_back({ outcome: 'success', target }))
      })
      own.keys.changed()
      own.cache?.forget(`signing-key ${id}`)
    },
  })
  return [list, make, takeBack]
}

function show(key: SigningKey): z.input<typeof shown> {
  const { id, algorithm, createdAt, signsFrom, verifiesUntil } = key
  return {
    id,
    algorithm,
    created_at: isoTime(createdAt),
    signs_from: isoTime(signsFrom),
    verifies_until: Number.isFinite(verifiesUntil) ? isoTime(verifiesUntil) : null,
  }
}
