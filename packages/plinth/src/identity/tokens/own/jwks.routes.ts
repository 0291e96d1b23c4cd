import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../../../access/index.ts'
import { route } from '../../../feature/index.ts'
import type { KeyRing } from './key-ring.ts'

const jwk = z.object({
  kty: z.string(),
  kid: z.string(),
  alg: z.string(),
  use: z.string(),
  crv: z.string(),
  x: z.string(),
  y: z.string().optional(),
})

/** Less than the time for which a new key is published before it signs. */
const CACHED_SECONDS = 300

/** `GET /.well-known/jwks.json`: the public halves of the keys that our own tokens verify with. */
export function jwksRoute(keys: KeyRing): RouteOptions {
  return route('GET /.well-known/jwks.json', {
    access: open('the public halves of our signing keys'),
    anonymous: true,
    tenant: 'none',
    summary: 'Public keys of the access tokens that this service gives out (RFC 7517).',
    returns: z.object({ keys: z.array(jwk) }),
    otherQueryIgnored: true,
    handle: async ({ reply }) => {
      reply.header('cache-control', `public, max-age=${CACHED_SECONDS}`)
      return { keys: z.array(jwk).parse(await keys.published()) }
    },
  })
}
