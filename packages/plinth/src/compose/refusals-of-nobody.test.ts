import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { open, signedIn } from '../access/index.ts'
import { feature, route } from '../feature/index.ts'
import { newToken, problem } from '../kernel/index.ts'
import type { World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'

const FROM_ONE = 30
const FROM_ALL = 300
const wrongKnock = problem('door.wrong_knock', 401, 'Knock again.')
const door = feature('door', {
  routes: [
    route('GET /who', { access: signedIn(), tenant: 'none', handle: () => undefined }),
    route('POST /change', { access: signedIn(), tenant: 'none', handle: () => undefined }),
    route('POST /knock', {
      access: open('test'),
      anonymous: true,
      handle: () => {
        throw wrongKnock('wrong_knock')
      },
    }),
  ],
})

let world: World
let admin: Client
before(async () => {
  world = await startWorld({ features: [door], settings: { 'app.trusted_proxies': ['127.0.0.1'] } })
  admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
})
after(async () => {
  await admin.end()
  await world[Symbol.asyncDispose]()
})

let networks = 0
function anywhere(): string {
  networks += 1
  return `198.51.100.${networks}`
}

interface Sent {
  readonly from: string
  readonly method?: string
  readonly headers?: Record<string, string>
}

async function send(path: string, { from, method = 'GET', headers = {} }: Sent): Promise<number> {
  const all = { ...headers, 'x-forwarded-for': from }
  const { status, body } = await fetch(`${world.url}${path}`, { method, headers: all })
  await body?.cancel()
  return status
}

/** Audit rows that an address left, as they were written. */
async function rowsOf(address: string) {
  const { rows } = await admin.query<Record<string, unknown>>(
    `select to_jsonb(a) - 'id' - 'at' as row from plinth.audit_events a
      where client_address = $1 order by id`,
    [address],
  )
  return rows.map(({ row }) => row as Record<string, unknown>)
}

const told = async (address: string) =>
  (await rowsOf(address)).map(({ action, outcome, reason, actor_kind }) =>
    [action, outcome, reason, actor_kind].join(' '),
  )

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const json = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('JW-60 v5.0.0-V16.3.3 the reason for which a token was refused is in the audit log, and no part of the token', async () => {
  const from = anywhere()
  const own = `${json({ alg: 'EdDSA', kid: 'none', typ: 'at+jwt' })}.${json({ iss: 'http://localhost:8000' })}.c2ln`
  const foreign = `${json({ alg: 'RS256', kid: 'none' })}.${json({ iss: 'https://elsewhere.example' })}.c2ln`
  const shown = [own, foreign, 'nonsense']
  for (const token of shown)
    assert.equal(await send('/who', { from, headers: bearer(token) }), 401, token)
  const rows = await told(from)
  assert.equal(rows.length, shown.length)
  assert.match(rows[0] ?? '', /^GET \/who denied own_token_\w+ anonymous$/)
  assert.match(rows[1] ?? '', /^GET \/who denied access_token_\w+ anonymous$/)
  assert.equal(rows[2], 'GET /who denied access_token_format anonymous')
  const text = JSON.stringify(await rowsOf(from))
  for (const part of shown.flatMap((token) => token.split('.')))
    assert.ok(!text.includes(part), `${part} is in the audit log`)
})

test('JW-60 where no token is asked for none was refused, and no row says so', async () => {
  const from = anywhere()
  const headers = bearer('nonsense')
  assert.equal(await send('/knock', { from, method: 'POST', headers }), 401)
  assert.equal(await send('/who', { from }), 401)
  assert.equal(await send('/who', { from, headers: { authorization: 'Basic YTpi' } }), 401)
  assert.deepEqual(await rowsOf(from), [])
})

test('AK-29 v5.0.0-V16.3.3 what came as an API key and is none leaves its row, and no part of it', async () => {
  const from = anywhere()
  const unknown = `uk_user_${newToken()}`
  for (const key of [unknown, 'malformed key'])
    assert.equal(await send('/who', { from, headers: { 'x-api-key': key } }), 401)
  assert.deepEqual(await told(from), [
    'api_key.refused denied unknown anonymous',
    'api_key.refused denied malformed anonymous',
  ])
  assert.ok(!JSON.stringify(await rowsOf(from)).includes(unknown.slice(8)))
})

const cookieOf = (value: string) => ({ cookie: `user_session_id=${value}` })
const own = 'http://localhost:8000'
const proofs: readonly [string, string, Record<string, string>, string][] = [
  [
    'another origin',
    'POST',
    { origin: 'https://evil.example', 'x-csrf-token': 'x' },
    'http.origin',
  ],
  ['no origin', 'POST', { 'x-csrf-token': 'x' }, 'http.origin'],
  ['no CSRF token', 'POST', { origin: own }, 'http.csrf'],
  ['an embedding site', 'GET', { 'sec-fetch-site': 'cross-site' }, 'http.cross_site'],
]
for (const [what, method, headers, reason] of proofs) {
  test(`CS-01 v5.0.0-V16.3.3 a session cookie that comes with ${what} leaves its row, whosever it is`, async () => {
    const session = (await world.signIn('ana')).cookies.get('user_session_id') ?? ''
    assert.equal(await send('/who', { from: anywhere(), headers: cookieOf(session) }), 204)
    for (const value of [newToken(), session]) {
      const from = anywhere()
      const path = method === 'GET' ? '/who' : '/change'
      assert.equal(
        await send(path, { from, method, headers: { ...headers, ...cookieOf(value) } }),
        403,
      )
      assert.deepEqual(await told(from), [`${method} ${path} denied ${reason} anonymous`])
    }
  })
}

test('JW-60 AK-22 v5.0.0-V16.3.3 a flood of refusals leaves no more rows than one address may, and the next minute more', async () => {
  world.clock.advance(60_000)
  const from = '2001:db8:1:1::1'
  const next = '2001:db8:1:1::2'
  const flood = async (count: number, address: string) => {
    for (let at = 0; at < count; at += 1) {
      const headers = at % 2 === 0 ? bearer('nonsense') : { 'x-api-key': `uk_user_${newToken()}` }
      assert.equal(await send('/who', { from: address, headers }), 401)
    }
  }
  await flood(FROM_ONE + 10, from)
  await flood(5, next)
  assert.equal((await rowsOf(from)).length, FROM_ONE)
  assert.deepEqual(await rowsOf(next), [], 'a /64 is one address')
  const other = anywhere()
  await flood(1, other)
  assert.equal((await rowsOf(other)).length, 1, 'another address is not held back')
  assert.match(world.logged.join(''), /too many refusals at one address/)
  world.clock.advance(60_000)
  await flood(1, from)
  assert.equal((await rowsOf(from)).length, FROM_ONE + 1)
})

test('JW-60 AK-22 v5.0.0-V16.3.3 a flood from everywhere leaves no more rows than all addresses may together', async () => {
  world.clock.advance(60_000)
  const count = async () => {
    const { rows } = await admin.query('select count(*)::int as rows from plinth.audit_events')
    return Number(rows[0].rows)
  }
  const before = await count()
  const some = 50
  for (let at = 0; at < FROM_ALL + some; at += some) {
    const sent = Array.from({ length: some }, (_, one) => {
      const from = `203.0.${at / some}.${one}`
      return send('/who', { from, headers: bearer('nonsense') })
    })
    assert.deepEqual(new Set(await Promise.all(sent)), new Set([401]))
  }
  assert.equal((await count()) - before, FROM_ALL)
  assert.match(world.logged.join(''), /too many refusals of nobody in particular/)
})
