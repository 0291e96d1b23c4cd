import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { RawReply } from '../../testing/evil-provider/index.ts'
import { rawReply } from '../../testing/evil-provider/index.ts'
import type { RelyingParty } from './relying-party.fixture.ts'
import { meOf, openRelyingParty } from './relying-party.fixture.ts'

let party: RelyingParty
before(async () => {
  party = await openRelyingParty({ 'outbound.timeout_ms': 1_500 })
})
beforeEach(() => party.calm())
after(() => party[Symbol.asyncDispose]())

const FAPI = 'fapi2-security-profile-final-client-test'

const REFUSED = 'token_refused'
const INVALID = 'token_answer_invalid'
const DOWN = 'provider_unavailable'

type Reply = readonly [title: string, reason: string, fault: string, reply: RawReply]
const REPLIES: readonly Reply[] = [
  [
    'RP-36 invalid_grant',
    REFUSED,
    'invalid_grant',
    rawReply.text(400, '{"error":"invalid_grant"}'),
  ],
  ['RP-36 a refusal without JSON', INVALID, 'answer_type', rawReply.text(400, 'no', 'text/plain')],
  ['RP-37 status 500', DOWN, 'status_500', rawReply.text(500, '{}')],
  ['RP-37 a closed socket', DOWN, 'unreachable', rawReply.closed()],
  ['RP-37 no answer', DOWN, 'timeout', rawReply.silent()],
  ['RP-37 headers and then a byte now and then', DOWN, 'timeout', rawReply.trickle(100)],
  ['RP-37 half a body', DOWN, 'unreachable', rawReply.cut('{"access_token":"a"')],
  ['RP-37 50 MB', INVALID, 'answer_too_large', rawReply.large(50_000_000)],
  ['RP-37 a gzip bomb of 50 MB', INVALID, 'answer_encoded', rawReply.gzipBomb(50_000_000)],
  ['RP-37 HTML', INVALID, 'answer_type', rawReply.text(200, '<p>', 'text/html')],
  ['RP-37 a JSON list', INVALID, 'answer_shape', rawReply.text(200, '[]')],
  ['RP-37 nothing', INVALID, 'answer_not_json', rawReply.text(200, '')],
  [
    'RP-37 duplicate keys',
    INVALID,
    'answer_not_json',
    rawReply.text(200, '{"token_type":"Bearer","token_type":"Bearer"}'),
  ],
]
for (const [title, reason, fault, reply] of REPLIES) {
  test(`${title} from the token endpoint → ${reason}, after one call and in bounded time`, async () => {
    const started = performance.now()
    const memory = process.memoryUsage.rss()
    const { audit, tokenCalls } = await party.oracle.refusedSignIn(party.evil, {
      ...{ reason, says: { reply: { token: reply } } },
    })
    assert.equal(JSON.parse(audit.data).fault, fault)
    assert.equal(tokenCalls.length, 1, 'a code is never sent twice')
    // Of the second and a half that a call may take here; a busy machine needs the rest.
    assert.ok(performance.now() - started < 30_000, 'it ends')
    assert.ok(process.memoryUsage.rss() - memory < 100_000_000, 'memory stays flat')
  })
}

test('RP-38 a redirect of the token endpoint is not followed: neither code nor secret goes on', async () => {
  const { evil, other, oracle } = party
  for (const status of [301, 302, 303, 307, 308]) {
    const token = rawReply.redirect(`${other.issuer}/token`, status)
    const { audit } = await oracle.refusedSignIn(evil, {
      ...{ reason: INVALID, says: { reply: { token } } },
    })
    assert.equal(JSON.parse(audit.data).fault, 'redirect')
  }
  assert.deepEqual(other.heard, [])
})

const FIELDS: readonly (readonly [title: string, fields: object, fault: string])[] = [
  ['RP-40 token_type mac', { token_type: 'mac' }, 'answer_token_type'],
  ['RP-40 token_type missing', { token_type: undefined }, 'answer_token_type'],
  ['RP-40 token_type N_A', { token_type: 'N_A' }, 'answer_token_type'],
  ['RP-40 token_type a list', { token_type: ['Bearer'] }, 'answer_token_type'],
  ['RP-41 expires_in -1', { expires_in: -1 }, 'answer_expires_in'],
  ['RP-41 expires_in 0', { expires_in: 0 }, 'answer_expires_in'],
  ['RP-41 expires_in a text', { expires_in: '300' }, 'answer_expires_in'],
  ['RP-42 id_token missing', { id_token: undefined }, 'answer_id_token'],
  ['RP-42 id_token empty', { id_token: '' }, 'answer_id_token'],
  ['RP-42 id_token a number', { id_token: 1 }, 'answer_id_token'],
  ['RP-42 id_token null', { id_token: null }, 'answer_id_token'],
  ['access_token missing', { access_token: undefined }, 'answer_access_token'],
]
for (const [title, fields, fault] of FIELDS) {
  test(`${title} → ${fault}`, async () => {
    const { audit } = await party.oracle.refusedSignIn(party.evil, {
      reason: 'token_answer_invalid',
      says: { token: { ...fields } },
    })
    assert.equal(JSON.parse(audit.data).fault, fault)
  })
}

const ACCEPTED: readonly (readonly [title: string, fields: object])[] = [
  ['RP-39 token_type bearer', { token_type: 'bearer' }],
  [`RP-39 ${FAPI}-token-type-case-insensitivity: BEARER`, { token_type: 'BEARER' }],
  [`RP-41 ${FAPI}-token-endpoint-response-without-expires_in`, { expires_in: undefined }],
  ['RP-41 expires_in a float', { expires_in: 299.9 }],
  ['RP-41 expires_in 1e308', { expires_in: 1e308 }],
]
for (const [title, fields] of ACCEPTED) {
  test(`${title} is accepted, and the session has its own life`, async () => {
    const { evil, sql, world } = party
    evil.always({ token: { ...fields } })
    const eve = world.visitor()
    await evil.signIn(eve)
    const { user } = await meOf(eve)
    const rows = await sql<{ seconds: number }>(
      `select extract(epoch from expires_at - created_at)::int as seconds
         from plinth.sessions where person_id = $1 order by created_at desc limit 1`,
      [user?.id],
    )
    assert.deepEqual(rows, [{ seconds: world.service.config.app.session_max_age }])
  })
}

test('RP-43 oidcc-client-test-client-secret-basic: id and secret are form-encoded first', async () => {
  const { evil, world } = party
  await evil.signIn(world.visitor())
  const [call] = evil.calls('token')
  const basic = Buffer.from(call?.headers.authorization?.slice(6) ?? '', 'base64').toString()
  assert.equal(basic, 'evil-client:kT9%3A%25%2B+%2Fx2mQ4zLw')
})

test('RP-44 the secret stands in no URL, no body and no log line of any level', async () => {
  const { evil, world } = party
  const person = world.visitor()
  await evil.signIn(person)
  evil.always({ reply: { token: rawReply.text(400, '{"error":"invalid_client"}') } })
  await evil.signIn(person)
  const secrets = [evil.settings.client_secret, 'kT9%3A%25%2B', 'kT9%3A']
  const heard = evil.heard.map(({ path, query, body }) => `${path}?${query} ${body}`)
  const basic = evil.calls('token').map(({ headers }) => headers.authorization?.slice(6) ?? '?')
  const told = [...heard, ...world.logged].join('\n')
  for (const secret of [...secrets, ...basic]) assert.ok(!told.includes(secret), secret)
  assert.ok(evil.calls('token').every(({ body }) => !body.includes('client_secret')))
})
