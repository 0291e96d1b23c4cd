import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Principal } from '../../access/index.ts'
import { open, permissions, signedIn } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import { newId, Secret } from '../../kernel/index.ts'
import type { HttpHarness } from '../../testing/http-harness.ts'
import { openHttp } from '../../testing/http-harness.ts'
import type { HttpDeps } from '../index.ts'
import { createCsrf } from './csrf.ts'

const may = permissions('stock', { write: 'Change stock' })
const own = 'http://localhost:8000'
const csrfSecret = new Secret('another-secret-of-this-test-012345')
const ana: Principal = {
  person: newId<'person'>(),
  name: 'ana',
  tenant: newId<'tenant'>(),
  permissions: ['stock:write'],
  credential: { kind: 'cookie', id: 'ana', authenticatedAt: 0 },
}
const placed = { tenant: ana.tenant, permissions: ana.permissions }

let reached = 0
const shop = feature('shop', {
  routes: [
    route('GET /mine', { access: signedIn(), handle: () => void reached++ }),
    route('POST /change', { access: may.write, handle: () => void reached++ }),
    route('GET /stock', { access: may.write, handle: () => void reached++ }),
    route('POST /leave', { access: open('test'), browserOnly: true, handle: () => void reached++ }),
  ],
})

type Answers = () => unknown
let found: Answers
let place: Answers
let http: HttpHarness

before(async () => {
  // A service's own identity may be written in plain JavaScript: here it answers anything at all.
  const deps: Partial<HttpDeps> = {
    csrfSecret,
    authenticate: async () => found() as never,
    placeInTenant: async () => place() as never,
  }
  http = await openHttp([shop], deps)
})
after(() => http[Symbol.asyncDispose]())
beforeEach(() => {
  found = () => ana
  place = () => placed
  reached = 0
})

const token = createCsrf(csrfSecret).tokenFor(ana) ?? ''
const good = { cookie: 'user_session_id=x', origin: own, 'x-csrf-token': token }

async function call(path: string, headers: Record<string, string> = good): Promise<number> {
  const method = path === '/mine' || path === '/stock' ? 'GET' : 'POST'
  const answer = await fetch(http.url + path, { method, headers })
  assert.doesNotMatch(await answer.text(), /hunter2/)
  return answer.status
}

const throwing = new Proxy(
  {},
  {
    get: () => {
      throw new Error('hunter2')
    },
  },
)

const NOBODY: readonly unknown[] = [undefined, null]
const NOT_A_PRINCIPAL: readonly unknown[] = [
  ...[false, true, 0, 1, '', 'ana', Symbol('ana'), [], [ana], {}, () => ana, new Error('hunter2')],
  ...[
    { error: 'expired' },
    { ...ana, person: '' },
    { ...ana, person: null },
    { person: ana.person },
  ],
  ...[
    { ...ana, permissions: '*' },
    { ...ana, permissions: undefined },
    { ...ana, credential: null },
  ],
  ...[
    { ...ana, credential: { kind: 'Cookie', id: 'x' } },
    { ...ana, credential: { kind: 'cookie' } },
  ],
  ...[
    { ...ana, credential: { id: 'x' } },
    Object.create(null),
    throwing,
    Promise.reject.bind(Promise),
  ],
]

test('SB-61 the good case: the guard lets ana in', async () => {
  for (const path of ['/mine', '/change', '/stock', '/leave']) assert.equal(await call(path), 204)
  assert.equal(reached, 4)
})

test('SB-61 v5.0.0-V16.5.3 an identity that throws or answers no principal refuses, on every route', async () => {
  const failures: Answers[] = [
    () => {
      throw new Error('the session store is down: hunter2')
    },
    () => Promise.reject(new Error('hunter2')),
    () => Promise.reject(undefined),
    ...NOT_A_PRINCIPAL.map((value) => () => value),
  ]
  for (const answers of failures) {
    found = answers
    for (const path of ['/mine', '/change', '/stock', '/leave']) {
      assert.ok((await call(path)) >= 500, `${path} ${String(answers)}`)
    }
  }
  assert.equal(reached, 0)
})

test('SB-61 null is nobody', async () => {
  for (const value of NOBODY) {
    found = () => value
    for (const path of ['/mine', '/change', '/stock']) assert.equal(await call(path), 401)
  }
  assert.equal(reached, 0)
})

test('SB-61 a tenant strategy that throws or answers no placement refuses', async () => {
  const failures: Answers[] = [
    () => {
      throw new Error('hunter2')
    },
    () => Promise.reject(new Error('hunter2')),
    ...[true, 'acme', {}, [], { tenant: '', permissions: [] }, { tenant: ana.tenant }].map(
      (value) => () => value,
    ),
    () => ({ ...placed, permissions: '*' }),
    () => throwing,
  ]
  for (const answers of failures) {
    place = answers
    for (const path of ['/change', '/stock']) assert.ok((await call(path)) >= 500, String(answers))
  }
  place = () => null
  for (const path of ['/change', '/stock']) assert.equal(await call(path), 400)
  assert.equal(reached, 0)
})

test('SB-61 permissions that are no text hold nothing', async () => {
  place = () => ({ ...placed, permissions: [null, {}, ['*'], { toString: () => '*' }, 0] })
  assert.equal(await call('/change'), 403)
  assert.equal(reached, 0)
})

test('SB-61 what a guard throws is a 500 that says nothing, and the next request is served', async () => {
  found = () => {
    throw new Error('hunter2')
  }
  assert.equal(await call('/mine'), 500)
  found = () => ana
  assert.equal(await call('/mine'), 204)
  assert.ok(http.logged.some((line) => line.includes('http.internal')))
})
