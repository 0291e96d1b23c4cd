import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { after, before, beforeEach, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Evil } from './evil-provider.fixture.ts'
import type { IdentityWorld } from './identity.fixture.ts'
import { openIdentity, signInAt, signInAtEvil, startAt } from './identity.fixture.ts'

let world: IdentityWorld
let good: Evil
before(async () => {
  world = await openIdentity()
  good = { ...world.evil.say }
})
beforeEach(() => {
  Object.assign(world.evil.say, good)
  world.evil.heard.length = 0
})
after(() => world[Symbol.asyncDispose]())

const SECRETS = ['opaque-access-token', 'kT9:', 'eyJ', 'code-', 'at stack', 'node:internal']

async function state() {
  const tables = ['people', 'identities', 'sessions', 'tenants']
  const counts = tables.map((table) => `(select count(*) from plinth.${table})`)
  const [rows] = await world.sql(`select ${counts.join(" || ',' || ")} as n`)
  const [audit] = await world.sql<{ n: string }>('select count(*) as n from plinth.audit_events')
  return { rows: rows?.['n'], audits: Number(audit?.n) }
}

/** The oracle for every reject row of security.md 2: what may not happen, and the one row that must. */
async function assertRefused(reason: string, more: Record<string, string | undefined> = {}) {
  const eve = world.person()
  const before = await state()
  const logged = world.http.logged.length
  const answer = await signInAtEvil(world, eve, more)
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/'])
  assert.equal(eve.cookies.size, 0, 'no session cookie, and the login cookie is gone')
  const after = await state()
  assert.deepEqual([after.rows, after.audits], [before.rows, before.audits + 1])
  const [row] = await world.sql(
    'select outcome, reason, data::text from plinth.audit_events order by occurred_at desc, id desc limit 1',
  )
  assert.deepEqual([row?.['outcome'], row?.['reason']], ['failed', reason])
  const told = `${JSON.stringify(answer.body)}${row?.['data']}${world.http.logged.slice(logged).join('\n')}`
  for (const secret of SECRETS) assert.ok(!told.includes(secret), `${secret} in ${told}`)
}

const calls = (path: string) => world.evil.heard.filter((one) => one.path === path)

test('RP-14 the evil provider on its best behaviour signs a person in', async () => {
  const answer = await signInAtEvil(world, world.person())
  assert.deepEqual([answer.status, answer.headers.getSetCookie().length], [302, 2])
})

const CALLBACKS: readonly (readonly [string, string, Record<string, string | undefined>])[] = [
  ['RP-25 iss missing though promised', 'issuer_mismatch', { iss: undefined }],
  ['RP-26 iss of another provider (mix-up)', 'issuer_mismatch', { iss: 'https://other.example' }],
  [
    'RP-26 error in the name of another issuer',
    'issuer_mismatch',
    { iss: 'x', error: 'access_denied' },
  ],
  ['RP-22 code missing', 'code_missing', { code: undefined }],
  ['RP-31 code of 5 kB', 'code_missing', { code: 'c'.repeat(5_000) }],
  ['RP-31 code with CR LF', 'code_missing', { code: 'a\r\nb' }],
]
for (const [title, reason, more] of CALLBACKS) {
  test(`${title} → ${reason}, no token call`, async () => {
    await assertRefused(reason, more)
    assert.equal(calls('/token').length, 0)
  })
}

test('RP-31 a code cannot add parameters to the token request', async () => {
  await assertRefused('id_token_invalid', { code: 'x&client_secret=y&grant_type=password' })
  const form = new URLSearchParams(calls('/token')[0]?.body)
  assert.equal(form.get('code'), 'x&client_secret=y&grant_type=password')
  assert.deepEqual(
    [form.getAll('grant_type'), form.get('client_secret')],
    [['authorization_code'], null],
  )
})

test('RP-32 a code that was issued to another login is refused by its nonce', async () => {
  const [attacker, victim] = [world.person(), world.person()]
  const stolen = new URL(world.evil.callback(await startAt(victim, '?provider=evil')), 'http://x')
  world.evil.say.token = {}
  await startAt(attacker, '?provider=evil')
  await assertRefused('id_token_invalid', { code: stolen.searchParams.get('code') ?? '' })
})

test('RP-19 the same callback 20 times at once: one token call, one session', async () => {
  const eve = world.person()
  const back = world.evil.callback(await startAt(eve, '?provider=evil'))
  const before = await state()
  const cookie = [...eve.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const call = async () => {
    const headers = { cookie, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0' }
    const { status } = await fetch(`${world.http.url}${back}`, { headers, redirect: 'manual' })
    return status
  }
  const statuses = await Promise.all(Array.from({ length: 20 }, call))
  assert.deepEqual(statuses.toSorted(), [302, ...Array(19).fill(400)])
  assert.equal(calls('/token').length, 1)
  const [sessionsBefore, sessionsAfter] = [before.rows, (await state()).rows].map((rows) =>
    Number(String(rows).split(',')[2]),
  )
  assert.equal(sessionsAfter, (sessionsBefore ?? 0) + 1)
})

test('RP-43 RP-44 client_secret_basic, form-encoded first; the secret is nowhere else', async () => {
  await signInAtEvil(world, world.person())
  const [call] = calls('/token')
  const basic = Buffer.from(call?.headers.authorization?.slice(6) ?? '', 'base64').toString()
  assert.equal(basic, 'evil-client:kT9%3A%25%2B+%2Fx2mQ4zLw')
  const secret = 'kT9:%+ /x2mQ4zLw'
  assert.ok(!call?.body.includes('client_secret'))
  assert.ok(!world.http.logged.join().includes(secret))
})

type Reply = (request: IncomingMessage, response: ServerResponse) => void
const json =
  (status: number, text: string): Reply =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(text)

const TOKEN_ANSWERS: readonly (readonly [string, string, Reply])[] = [
  ['RP-36 invalid_grant', 'token_refused', json(400, '{"error":"invalid_grant"}')],
  ['RP-37 status 500', 'provider_unavailable', json(500, '{}')],
  ['RP-37 a closed socket', 'provider_unavailable', (request) => request.socket.destroy()],
  ['RP-37 no answer', 'provider_unavailable', () => {}],
  [
    'RP-37 HTML',
    'token_answer_invalid',
    (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
  ],
  ['RP-37 a JSON list', 'token_answer_invalid', json(200, '[]')],
  ['RP-37 nothing', 'token_answer_invalid', json(200, '')],
  [
    'RP-37 duplicate keys',
    'token_answer_invalid',
    json(200, '{"token_type":"Bearer","token_type":"Bearer"}'),
  ],
  ['RP-37 5 MB', 'token_answer_invalid', json(200, `{"a":"${'x'.repeat(5_000_000)}"}`)],
  [
    'RP-37 a gzip bomb',
    'token_answer_invalid',
    (_, r) =>
      r
        .writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' })
        .end(gzipSync(Buffer.alloc(1e6))),
  ],
  [
    'RP-38 307 to another host',
    'token_answer_invalid',
    (_, r) => r.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
  ],
]
for (const [title, reason, reply] of TOKEN_ANSWERS) {
  test(`${title} from the token endpoint → ${reason}, once`, async () => {
    world.evil.say.answer = (request, response) => {
      if (request.url !== '/token') return false
      reply(request, response)
      return true
    }
    await assertRefused(reason)
    assert.equal(calls('/token').length, 1)
  })
}

const TOKEN_FIELDS: readonly (readonly [string, object, string])[] = [
  ['RP-39 token_type BEARER', { token_type: 'BEARER' }, 'accepted'],
  ['RP-40 token_type mac', { token_type: 'mac' }, 'token_answer_invalid'],
  ['RP-40 token_type missing', { token_type: undefined }, 'token_answer_invalid'],
  ['RP-41 expires_in missing', { expires_in: undefined }, 'accepted'],
  ['RP-41 expires_in -1', { expires_in: -1 }, 'token_answer_invalid'],
  ['RP-41 expires_in 0', { expires_in: 0 }, 'token_answer_invalid'],
  ['RP-42 id_token missing', { id_token: undefined }, 'token_answer_invalid'],
  ['RP-42 id_token empty', { id_token: '' }, 'token_answer_invalid'],
  ['RP-42 id_token not a string', { id_token: 1 }, 'token_answer_invalid'],
  ['RP-70 an encrypted id_token', { id_token: 'a.b.c.d.e' }, 'id_token_invalid'],
]
for (const [title, fields, expected] of TOKEN_FIELDS) {
  test(`${title} → ${expected}`, async () => {
    world.evil.say.token = { ...fields }
    if (expected !== 'accepted') return assertRefused(expected)
    assert.equal((await signInAtEvil(world, world.person())).headers.getSetCookie().length, 2)
  })
}

const CLAIMS: readonly (readonly [string, Partial<Evil>, string])[] = [
  ['RP-47 another issuer', { claims: { iss: 'https://other.example' } }, 'id_token_invalid'],
  ['RP-51 another audience', { claims: { aud: 'test-client' } }, 'id_token_invalid'],
  ['RP-58 another nonce', { claims: { nonce: 'x' } }, 'id_token_invalid'],
  ['RP-61 alg none', { header: { alg: 'none' } }, 'id_token_invalid'],
  [
    'RP-72 email_verified as a text is a new person without e-mail',
    { claims: { sub: 's-72', email_verified: 'true' } },
    'accepted',
  ],
  [
    'RP-78 userinfo of another subject',
    { claims: { email: undefined }, userinfo: { sub: 'other' } },
    'userinfo_invalid',
  ],
  ['RP-92 no usable key', { header: { alg: 'RS256', kid: 'gone' } }, 'id_token_invalid'],
]
for (const [title, says, expected] of CLAIMS) {
  test(`${title} → ${expected}`, async () => {
    Object.assign(world.evil.say, says)
    if (expected !== 'accepted') return assertRefused(expected)
    assert.equal((await signInAtEvil(world, world.person())).headers.getSetCookie().length, 2)
  })
}

test('RP-79 userinfo that fails costs the optional claims, not the sign-in; RP-81 its token is in the header', async () => {
  world.evil.say.claims = { sub: 's-79', email: undefined, given_name: undefined }
  world.evil.say.answer = (request, response) => {
    if (request.url !== '/userinfo') return false
    response.writeHead(500).end('x')
    return true
  }
  const eve = world.person()
  await signInAtEvil(world, eve)
  const { body } = await eve.get('/auth/web/me')
  assert.equal((body['user'] as { email: null }).email, null)
  const [call] = calls('/userinfo')
  assert.deepEqual(
    [call?.headers.authorization, call?.path],
    ['Bearer opaque-access-token', '/userinfo'],
  )
})

test('S2 4.2 userinfo is not asked when the ID token has what is needed', async () => {
  await signInAtEvil(world, world.person())
  assert.equal(calls('/userinfo').length, 0)
})

test('RP-76 JW-41 roles, tenants and flags in a token give nothing', async () => {
  world.evil.say.claims = {
    sub: 's-76',
    roles: ['admin'],
    tenant_id: 'x',
    is_admin: true,
    permissions: ['*'],
  }
  const eve = world.person()
  await signInAtEvil(world, eve)
  const [row] = await world.sql<{ role: string; kind: string; n: string }>(
    `select m.role, t.kind, count(*) over () as n
       from plinth.memberships m join plinth.tenants t on t.id = m.tenant_id
       join plinth.identities i on i.person_id = m.person_id where i.subject = 's-76'`,
  )
  assert.deepEqual(row, { role: 'owner', kind: 'personal', n: '1' })
})

test('RP-36 FI-23 after all of this a normal sign-in works', async () => {
  assert.equal((await signInAt(world.person())).headers.getSetCookie().length, 2)
})
