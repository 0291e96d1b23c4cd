import type { Principal } from '../../../access/index.ts'
import { open, signedIn } from '../../../access/index.ts'
import { feature, mount, route } from '../../../feature/index.ts'
import type { Id } from '../../../kernel/index.ts'
import { newId } from '../../../kernel/index.ts'
import type { HttpHarness } from '../../../testing/http-harness.ts'
import { openHttp } from '../../../testing/http-harness.ts'
import type { TestClock } from '../../../testing/test-clock.ts'
import { createTestClock } from '../../../testing/test-clock.ts'
import { httpProblems } from '../../http.errors.ts'
import { limitBy } from './limit-by.ts'
import { createMemoryWindows } from './memory-windows.ts'
import { rateLimiterSettings } from './rate-limiter.settings.ts'
import { createRateLimiter } from './rate-limiter.ts'
import type { RateRefusal } from './visit.ts'

/** A server whose limits a test sets, with one route of each kind. */
export interface LimitedHttp extends HttpHarness {
  readonly clock: TestClock
  readonly refused: RateRefusal[]
}

const people = new Map<string, Id<'person'>>()

/** Whoever shows `Bearer <name>` is that person; `Bearer key-…` is a key with three a minute. */
function authenticate({ headers }: { headers: { authorization?: string | undefined } }) {
  const name = headers.authorization?.replace(/^Bearer /, '')
  if (name === undefined || name.startsWith('wrong')) return undefined
  if (name === 'throws') throw httpProblems.notSignedIn('it is not valid')
  const person = people.get(name) ?? newId<'person'>()
  people.set(name, person)
  const [family = name] = name.split(' ')
  const limit = name.startsWith('key-')
    ? { limit: { requests: 3, windowMs: 60_000 }, family: family ?? name }
    : {}
  const principal: Principal = {
    person,
    name,
    tenant: null,
    permissions: [],
    credential: { kind: 'bearer', id: name, authenticatedAt: 0, ...limit },
  }
  return principal
}

const demo = feature('demo', {
  routes: [
    route('GET /open', { access: open('test'), handle: () => undefined }),
    route('GET /mine', { access: signedIn(), handle: () => undefined }),
    route('GET /things/:id', {
      access: open('test'),
      limit: { requests: 2, windowMs: 60_000 },
      handle: () => undefined,
    }),
    route('PUT /things/:id', {
      access: open('test'),
      limit: { requests: 2, windowMs: 60_000 },
      handle: () => undefined,
    }),
    route('GET /enter', {
      access: open('test'),
      limit: 'sign_in',
      anonymous: true,
      handle: () => undefined,
    }),
    route('POST /enter', {
      access: open('test'),
      limit: 'sign_in',
      handle: async ({ request }) => {
        await limitBy(request, 'sign_in', String(request.headers['x-account'] ?? 'nobody'))
      },
    }),
    route('POST /ask', {
      access: open('test'),
      handle: async ({ request }) => {
        await limitBy(request, 'sign_in', String(request.headers['x-account']))
      },
    }),
    route('POST /reset', { access: open('test'), limit: 'sign_in', handle: () => undefined }),
    route('GET /probe', {
      access: open('test'),
      anonymous: true,
      limit: { unlimited: 'a probe' },
      handle: () => undefined,
    }),
    mount(
      '/foreign',
      { access: open('test'), limit: { requests: 2, windowMs: 60_000 } },
      async (app) => {
        app.get('/one', async () => 'one')
        app.get('/two', async () => 'two')
      },
    ),
    mount('/lifted', { access: open('test'), limit: { unlimited: 'a test' } }, async (app) => {
      app.setNotFoundHandler(async () => 'nothing')
      app.get('/one', async () => 'one')
    }),
  ],
})

/** Opens one with the settings of a test; a trusted proxy lets it name its own address. */
export async function openLimited(settings: object = {}): Promise<LimitedHttp> {
  const clock = createTestClock()
  const refused: RateRefusal[] = []
  const http = await openHttp([demo], {
    clock,
    trustedProxies: ['127.0.0.1'],
    authenticate,
    rateLimiter: createRateLimiter({
      settings: rateLimiterSettings.parse(settings),
      store: createMemoryWindows({ clock }),
      refused: (refusal) => refused.push(refusal),
    }),
  })
  return Object.assign(http, { clock, refused })
}

/** One request as it is counted: who, from where. */
export interface Ask {
  readonly method?: string
  readonly from?: string
  readonly as?: string
  readonly account?: string
}

/** Sends one. */
export async function ask(http: HttpHarness, path: string, by: Ask = {}): Promise<Response> {
  const answer = await fetch(http.url + path, {
    method: by.method ?? 'GET',
    headers: {
      ...(by.from !== undefined && { 'x-forwarded-for': by.from }),
      ...(by.as !== undefined && { authorization: `Bearer ${by.as}` }),
      ...(by.account !== undefined && { 'x-account': by.account }),
    },
  })
  await answer.arrayBuffer()
  return answer
}

/** Sends some, one after the other; their statuses. */
export async function askTimes(times: number, http: HttpHarness, path: string, by: Ask = {}) {
  const statuses: number[] = []
  for (let at = 0; at < times; at++) statuses.push((await ask(http, path, by)).status)
  return statuses
}
