import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Feature } from '../feature/index.ts'
import type { CensusEntry, HttpDeps, Refusal, RequestSummary } from '../http/index.ts'
import {
  completeServer,
  createMemoryWindows,
  createRateLimiter,
  createServer,
  httpSettings,
  installGuard,
  rateLimiterSettings,
  registerFeatures,
} from '../http/index.ts'
import { Secret, systemClock } from '../kernel/index.ts'
import { handOnLogLine } from './test-log.ts'

/** A server over a real socket with the guard, and no identity but the one a test gives it. */
export interface HttpHarness extends AsyncDisposable {
  readonly app: FastifyInstance
  readonly url: string
  readonly port: number
  readonly census: readonly CensusEntry[]
  readonly seen: RequestSummary[]
  readonly refusals: Refusal[]
  /** Everything that was logged, as text. */
  readonly logged: string[]
}

/** Opens a harness; `deps` replaces what a test is about, `prepare` runs before any route registers. */
export async function openHttp(
  features: readonly Feature[],
  deps: Partial<HttpDeps> = {},
  prepare: (app: FastifyInstance) => Promise<void> = async () => {},
): Promise<HttpHarness> {
  const seen: RequestSummary[] = []
  const refusals: Refusal[] = []
  const logged: string[] = []
  const write = (facts: object, message?: string) => {
    const line = `${message} ${JSON.stringify(facts)}`
    logged.push(line)
    handOnLogLine(line)
  }
  const all: HttpDeps = {
    settings: httpSettings.parse({}),
    baseUrl: 'http://localhost:8000',
    cors: {
      origins: ['http://localhost:3000'],
      allow_credentials: true,
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      headers: ['Content-Type', 'X-CSRF-Token'],
    },
    trustedProxies: [],
    csrfSecret: new Secret('a-secret-of-the-test-kit-0123456789'),
    sessionCookie: 'user_session_id',
    clock: systemClock,
    rateLimiter: roomyLimiter(),
    log: { info: write, warn: write, error: write },
    authenticate: async () => undefined,
    placeInTenant: () => undefined,
    dbFor: () => {
      throw new TypeError('this harness has no database')
    },
    observe: (summary) => seen.push(summary),
    refused: async (refusal) => {
      refusals.push(refusal)
    },
    renderPage: ({ title, content }) => `<!doctype html><title>${title}</title>${content}`,
    renderProblemPage: ({ status, sentence }) => `<!doctype html><p>${status} ${sentence}</p>`,
    ...deps,
  }
  const app = createServer(all.settings)
  const { census, methods } = installGuard(app, all)
  await prepare(app)
  completeServer(app, all, methods)
  await registerFeatures(app, features)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    port,
    census,
    seen,
    refusals,
    logged,
    [Symbol.asyncDispose]: () => app.close(),
  }
}

/** Limits of its own for each harness, roomy enough for tests that send thousands from one address. */
function roomyLimiter() {
  const roomy = { requests: 1_000_000 }
  const settings = { ...roomy, per_address: roomy, per_principal: roomy, failed_credentials: roomy }
  return createRateLimiter({
    settings: rateLimiterSettings.parse(settings),
    store: createMemoryWindows({ clock: systemClock }),
    refused: () => undefined,
  })
}
