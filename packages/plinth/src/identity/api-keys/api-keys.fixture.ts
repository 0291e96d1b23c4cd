import { z } from 'zod'
import { inPerson, open, permissions, signedIn } from '../../access/index.ts'
import type { Feature } from '../../feature/index.ts'
import { feature, route } from '../../feature/index.ts'

const may = permissions('ware', { read: 'See wares', write: 'Change wares', count: 'Count wares' })

const said = z.object({ person: z.string(), tenant: z.string().nullable() })

/** Routes of every kind of access, that say who stands behind a request. */
export const wares: Feature = feature('wares', {
  permissions: [may],
  routes: [
    ...(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) =>
      route(`${method} /wares`, {
        access: method === 'GET' ? may.read : may.write,
        returns: said,
        handle: ({ principal, placement }) => ({
          person: principal.person,
          tenant: placement?.tenant ?? null,
        }),
      }),
    ),
    route('POST /wares/count', {
      access: may.count,
      returns: said,
      handle: ({ principal, placement }) => ({
        person: principal.person,
        tenant: placement?.tenant ?? null,
      }),
    }),
    route('GET /whoever', {
      access: signedIn(),
      returns: said,
      handle: ({ principal, placement }) => ({
        person: principal.person,
        tenant: placement?.tenant ?? null,
      }),
    }),
    route('GET /fresh', {
      access: signedIn(),
      stepUp: { maxAgeSeconds: 900 },
      handle: () => undefined,
    }),
    route('POST /in-person', {
      access: inPerson(),
      handle: () => undefined,
    }),
    route('GET /open', {
      access: open('a test'),
      returns: z.object({ known: z.boolean() }),
      handle: ({ principal }) => ({ known: principal !== undefined }),
    }),
  ],
})
