import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { OpenSpan, Tracer } from '../telemetry/index.ts'
import { traceContext } from '../telemetry/index.ts'

/**
 * A span for each request, below the caller's (W3C Trace Context), named and described as
 * OpenTelemetry's HTTP conventions say. It carries the route's pattern, never the address itself:
 * an address may hold what nobody else should read.
 */
export function traceRequests(app: FastifyInstance, tracer: Tracer): void {
  const open = new WeakMap<FastifyRequest, OpenSpan>()
  app.addHook('onRequest', (request, _reply, done) => {
    const attributes = { 'http.request.method': request.method }
    const span = tracer.openSpan(request.method, attributes, traceContext(request.headers))
    open.set(request, span)
    span.run(done)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request
    const status = reply.statusCode
    const route = routeOptions.url
    open.get(request)?.end({
      name: route === undefined ? method : `${method} ${route}`,
      attributes: {
        'http.response.status_code': status,
        ...(route !== undefined && { 'http.route': route }),
      },
      failed: status >= 500,
    })
    done()
  })
}
