import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import Fastify from 'fastify'
import type { AppError } from '../kernel/index.ts'
import { newId, nodeHttp } from '../kernel/index.ts'
import { securityHeaders } from './answers/headers.ts'
import { problemBody, toAppError } from './answers/problem.ts'
import type { WriteProblem } from './answers/render-problem.ts'
import { plainly } from './answers/render-problem.ts'
import { httpProblems } from './http.errors.ts'
import type { HttpSettings } from './http.settings.ts'
import { acceptJsonOnly } from './limits/json-body.ts'
import { closeOldestIdle } from './limits/oldest-idle.ts'

/** How a server answers what reaches no hook. */
export interface BareAnswers {
  readonly headers: Readonly<Record<string, string>>
  readonly write: WriteProblem
}

const bareAnswers = new WeakMap<FastifyInstance, BareAnswers>()

/** The security headers and the form of what is answered before any hook runs. */
export function answerBareWith(app: FastifyInstance, answers: BareAnswers): void {
  bareAnswers.set(app, answers)
}

function bareAnswersOf(app: FastifyInstance): BareAnswers {
  return (
    bareAnswers.get(app) ?? { headers: securityHeaders({ https: false, hsts: '' }), write: plainly }
  )
}

/** Reads the target of a request before routing, and gives the one that is routed. */
export type RewriteUrl = (raw: IncomingMessage) => string

/** What a server is told beside its limits. */
export interface ServerOptions {
  readonly rewriteUrl?: RewriteUrl
  /**
   * Whether every route is one of ours. Then Fastify's own compilers, which read JSON Schema for the
   * plugins of others, are not even loaded.
   */
  readonly onlyOwnRoutes?: boolean
}

const OWN_SCHEMAS = {
  compilersFactory: { buildValidator: noForeignSchema, buildSerializer: noForeignSchema },
}

function noForeignSchema(): never {
  throw new TypeError('JSON Schema where every route is one of ours')
}

/**
 * A Fastify instance with Plinth's limits. Node's own are too patient: slow headers are cut after
 * 90 s, slow bodies after 300 s, and headers beyond a count are dropped without an error.
 */
export function createServer(
  settings: HttpSettings,
  { rewriteUrl, onlyOwnRoutes = false }: ServerOptions = {},
): FastifyInstance {
  const app: FastifyInstance = Fastify({
    logger: false,
    bodyLimit: settings.body_limit_bytes,
    requestTimeout: settings.request_timeout_ms,
    keepAliveTimeout: settings.keep_alive_timeout_ms,
    connectionTimeout: settings.idle_socket_timeout_ms,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    trustProxy: false,
    ...(rewriteUrl && { rewriteUrl }),
    ...(onlyOwnRoutes && { schemaController: OWN_SCHEMAS }),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    http: {
      headersTimeout: settings.headers_timeout_ms,
      connectionsCheckingInterval: Math.min(1_000, settings.headers_timeout_ms),
      maxHeaderSize: 16_384,
      // Node's own answer has none of our headers; `hygieneFault` refuses in its place.
      requireHostHeader: false,
    },
    clientErrorHandler: (error, socket) => answerUnparsed(error, socket, bareAnswersOf(app)),
    // A target that the router cannot read reaches no hook: it is answered here.
    frameworkErrors: (error, request, reply) =>
      answerUnread(error, request.url, { reply: reply as FastifyReply, ...bareAnswersOf(app) }),
  })
  acceptJsonOnly(app, { maxDepth: settings.json_max_depth, maxItems: settings.json_max_items })
  limitConnections(app.server, settings)
  // Without a listener Node closes the socket and says nothing; we are no proxy.
  app.server.on('connect', (_request, socket) =>
    answerOnSocket(socket, httpProblems.malformed(), bareAnswersOf(app)),
  )
  return app
}

function answerUnread(
  error: unknown,
  url: string,
  { reply, headers, write }: BareAnswers & { readonly reply: FastifyReply },
): void {
  const problem = toAppError(error)
  const requestId = newId<'request'>()
  const { type, text } = write(problemBody(problem, url.split('?')[0] ?? '', requestId))
  reply
    .code(problem.status)
    .headers(headers)
    .header('x-request-id', requestId)
    .type(type)
    .serializer((body: string) => body)
    .send(text)
}

function limitConnections(server: Server, settings: HttpSettings): void {
  server.maxConnections = settings.max_connections
  closeOldestIdle(server, settings.max_connections)
  // An expectation that we do not know is no reason for an answer of Node's own (RFC 9110 10.1.1).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  server.on('checkContinue', (request, response) => {
    const announced = Number(request.headers['content-length'] ?? 0)
    if (announced <= settings.body_limit_bytes) response.writeContinue()
    server.emit('request', request, response)
  })
}

const PARSER_PROBLEMS: Readonly<Record<string, () => AppError>> = {
  HPE_HEADER_OVERFLOW: () => httpProblems.headersTooLarge(),
  ERR_HTTP_REQUEST_TIMEOUT: () => httpProblems.timeout(),
}

/** Answers what Node's parser refuses, on the bare socket, in the same form as every other error. */
function answerUnparsed(error: NodeJS.ErrnoException, socket: Socket, answers: BareAnswers): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return
  const problem = PARSER_PROBLEMS[error.code ?? '']?.() ?? httpProblems.malformed()
  answerOnSocket(socket, problem, answers)
}

function answerOnSocket(
  socket: Duplex,
  problem: AppError,
  { headers: security, write }: BareAnswers,
): void {
  const requestId = newId<'request'>()
  const { type, text } = write(problemBody(problem, '', requestId))
  const headers = {
    ...security,
    'x-request-id': requestId,
    'content-type': type,
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end(
    `HTTP/1.1 ${problem.status} ${nodeHttp.STATUS_CODES[problem.status]}\r\n${lines.join('\r\n')}\r\n\r\n${text}`,
  )
}
