import type { FastifyInstance } from 'fastify'
import { pathTenant } from './split-tenant-path.ts'

// Two slashes would be another host.
const OWN_PATH = /^\/(?!\/)/

/** Puts `/t/<tenant>` before the Location of an answer, where the request had it: what was made is found there. */
export function keepTenantPath(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const tenant = pathTenant(request.raw)
    const location = reply.getHeader('location')
    if (tenant !== undefined && typeof location === 'string' && OWN_PATH.test(location)) {
      reply.header('location', `/t/${tenant}${location}`)
    }
    done(null, payload)
  })
}
