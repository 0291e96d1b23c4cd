import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { z } from 'zod'
import { open } from '../access/index.ts'
import { entity } from '../data/index.ts'
import { completeLogin, startProvider, testClient } from '../dev/index.ts'
import { crud } from '../entities/index.ts'
import { feature, route } from '../feature/index.ts'
import type { Person, World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'

const gadget = entity('gadget', { name: z.string().max(40) })

/** A fault of ours that drags along what a careless library would. */
const crash = route('POST /crash', {
  access: open('a test'),
  handle: ({ request }) => {
    const { cookie, authorization } = request.headers
    throw Object.assign(new Error('the oven exploded'), { headers: { cookie, authorization } })
  },
})

const silent = { info: () => {}, warn: () => {}, error: () => {} }
const GUESS = 'guessed-0123456789-abcdefghijklmnop'

let world: World
let provider: Awaited<ReturnType<typeof startProvider>>
/** Everything that must never be seen again outside of Set-Cookie and the CSRF answer. */
const secrets = new Set<string>()
const answers: string[] = []

before(async () => {
  provider = await startProvider({ port: 0, clients: [testClient()], log: silent })
  world = await startWorld({
    features: [feature('gadget', { entities: [gadget], routes: [crud(gadget), crash] })],
    settings: {
      'http.log_requests': 'all',
      'logging.level': 'debug',
      'oidc.default_provider': 'keycloak',
      'oidc.providers.keycloak.issuer': provider.issuer,
      'oidc.providers.keycloak.client_id': 'test-client',
      'oidc.providers.keycloak.client_secret': 'test-client-secret',
    },
  })
  await live(world)
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await provider.stop()
})

/** A whole life: sign-in at a provider, work, refusals, a crash, refresh, sign-out. */
async function live({ service }: World): Promise<void> {
  const ana = world.visitor()
  await signIn(ana)
  const { session_signing_secret, csrf_signing_secret } = service.config.app
  for (const secret of [session_signing_secret, csrf_signing_secret]) secrets.add(secret.reveal())
  secrets.add('test-client-secret')
  secrets.add(GUESS)
  await work(ana)
  await see(ana.post('/auth/web/refresh'))
  keepSecrets(ana)
  await see(ana.get('/auth/web/me'), { csrf: true })
  await see(ana.post('/auth/web/logout'))
}

async function signIn(ana: Person): Promise<void> {
  const login = await ana.get('/auth/web/login')
  assert.equal(login.status, 302)
  const authorization = new URL(login.headers.get('location') ?? '')
  const credentials = { username: 'testuser1', password: 'password123' }
  const callback = new URL(await completeLogin(authorization.href, credentials))
  for (const name of ['code', 'state']) secrets.add(callback.searchParams.get(name) ?? '')
  secrets.add(authorization.searchParams.get('nonce') ?? '')
  keepSecrets(ana)
  const back = await see(ana.get(`${callback.pathname}${callback.search}`))
  assert.equal(back.status, 302)
  keepSecrets(ana)
  secrets.add(await ana.refreshCsrf())
}

async function work(ana: Person): Promise<void> {
  const visitor = world.visitor()
  const { status } = await see(ana.post('/api/v1/gadgets', { name: 'Lamp' }))
  assert.equal(status, 201)
  assert.equal((await see(ana.post('/api/v1/gadgets', { name: 1 }))).status, 422)
  assert.equal((await see(ana.post('/crash'))).status, 500)
  const bearer = { authorization: `Bearer ${GUESS}` }
  assert.equal((await see(visitor.post('/crash', undefined, bearer))).status, 401)
  assert.equal((await see(visitor.post('/crash'))).status, 500)
  assert.equal((await see(visitor.get('/api/v1/gadgets', bearer))).status, 401)
  assert.equal((await see(ana.get('/api/v1/gadgets', bearer))).status, 400)
  const junk = { 'x-csrf-token': GUESS }
  assert.equal((await see(ana.post('/api/v1/gadgets', { name: 'x' }, junk))).status, 403)
  await see(visitor.get(`/auth/web/callback?state=${GUESS}&code=${GUESS}`))
  await see(visitor.get('/auth/web/me', { cookie: `user_session_id=${GUESS}` }))
  await see(visitor.get('/health/ready'))
  await see(visitor.get('/metrics'))
}

interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/** Keeps an answer as a client sees it. The CSRF token is given out where it is asked for. */
async function see(call: Promise<Seen>, { csrf = false } = {}): Promise<Seen> {
  const answer = await call
  const { csrf_token: token, ...rest } = Object(answer.body)
  if (csrf) secrets.add(String(token))
  answers.push(JSON.stringify(typeof answer.body === 'object' ? rest : answer.body))
  answers.push(answer.headers.get('location') ?? '')
  return answer
}

function keepSecrets(person: Person): void {
  for (const value of person.cookies.values()) secrets.add(value)
}

function leaks(text: string): string[] {
  return [...secrets].filter((secret) => secret.length > 8 && text.includes(secret))
}

test('SB-10 no log line holds a session, a CSRF token, a cookie, a code, a state or a key', () => {
  assert.ok(secrets.size >= 10, 'the life left its secrets')
  assert.ok(world.logged.length >= 15, 'every request was logged')
  assert.deepEqual(leaks(world.logged.join('')), [])
})

test('SB-10 no answer, no Location and no metric repeats a secret', () => {
  assert.deepEqual(leaks(answers.join('\n')), [])
})

test('SB-10 no audit row holds a secret', async () => {
  const admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
  const { rows } = await admin.query('select to_jsonb(a)::text as text from plinth.audit_events a')
  await admin.end()
  assert.ok(rows.length >= 4)
  assert.deepEqual(leaks(rows.map(({ text }) => text).join('\n')), [])
})

// The nonce is compared with what the provider signed; knowing it opens nothing.
test('SB-10 tokens are not stored as they are sent', async () => {
  const admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
  const { rows } = await admin.query(
    `select to_jsonb(s)::text as text from plinth.sessions s
     union all select (to_jsonb(p) - 'nonce')::text from plinth.pending_logins p`,
  )
  await admin.end()
  assert.deepEqual(leaks(rows.map(({ text }) => text).join('\n')), [])
})

test('each line is one JSON object; only errors carry a stack', () => {
  const events = world.logged.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  for (const event of events) {
    assert.ok(['debug', 'info', 'warn', 'error'].includes(String(event['level'])))
    const hasStack = /\bat [^"]*\.ts:\d+/.test(JSON.stringify(event))
    assert.equal(hasStack && event['level'] !== 'error', false, JSON.stringify(event))
  }
  const crashes = events.filter((event) => JSON.stringify(event).includes('the oven exploded'))
  assert.equal(crashes.length, 2, 'once for each')
  assert.ok(crashes.every((event) => event['level'] === 'error' && event['request_id']))
  assert.ok(!answers.some((answer) => /oven|\.ts:/.test(answer)))
})
