import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Json, RawReply, Refused } from '../../testing/evil-provider/index.ts'
import { rawReply } from '../../testing/evil-provider/index.ts'
import type { RelyingParty } from './relying-party.fixture.ts'
import { meOf, openRelyingParty } from './relying-party.fixture.ts'

let party: RelyingParty
before(async () => {
  party = await openRelyingParty({
    'outbound.timeout_ms': 1_500,
    'oidc.jwks_cache_ttl_seconds': 60,
  })
})
beforeEach(() => party.calm())
after(() => party[Symbol.asyncDispose]())

/** Fresh for a minute, and for an hour more when it cannot be had anew. */
const PAST_ALL_MS = 3_700_000

/** The sign-in that cannot start, because what the provider says of itself is not to be trusted. */
function refusedStart(says: { discovery?: Json; reply?: RawReply }): Promise<Refused> {
  const { evil, oracle, world } = party
  world.clock.advance(PAST_ALL_MS)
  const { discovery = {}, reply } = says
  evil.always({ discovery, reply: reply === undefined ? {} : { discovery: reply } })
  return oracle.refused(evil, {
    browser: world.visitor(),
    act: (browser) => browser.get('/auth/web/login?provider=evil'),
    ...{ reason: null, status: 503, pending: 'kept', tokenCalls: 0 },
  })
}

/** What the other provider was asked, but for the metadata that readiness looks at from time to time. */
function heardByOther() {
  const own = ['/.well-known/openid-configuration', '/jwks']
  return party.other.heard.filter(({ path }) => !own.includes(path))
}

type Row = readonly [title: string, why: RegExp, discovery: () => Json]

const ELSEWHERE = 'https://other.example'
const DOCUMENTS: readonly Row[] = [
  [
    'RP-83 v5.0.0-V10.5.3 oidcc-client-test-discovery-issuer-mismatch',
    /names another issuer/,
    () => ({ issuer: ELSEWHERE }),
  ],
  [
    'RP-83 v5.0.0-V10.5.3 a trailing slash',
    /names another issuer/,
    () => ({ issuer: `${party.evil.issuer}/` }),
  ],
  ['RP-83 v5.0.0-V10.5.3 no issuer', /no discovery document/, () => ({ issuer: undefined })],
  [
    'RP-83 v5.0.0-V10.5.3 an issuer that is a number',
    /no discovery document/,
    () => ({ issuer: 1 }),
  ],
  [
    'RP-84 a token endpoint over http',
    /not an https URL/,
    () => ({ token_endpoint: 'http://idp.example/t' }),
  ],
  [
    'RP-84 an endpoint with a user name',
    /not an https URL/,
    () => ({ token_endpoint: party.evil.issuer.replace('//', '//a:b@') }),
  ],
  [
    'RP-84 an endpoint with a fragment',
    /not an https URL/,
    () => ({ jwks_uri: `${party.evil.issuer}/jwks#x` }),
  ],
  [
    'RP-84 an endpoint of another scheme',
    /not an https URL/,
    () => ({ jwks_uri: 'file:///etc/passwd' }),
  ],
  [
    'RP-46 a token endpoint at another host',
    /lies at https:\/\/other\.example/,
    () => ({ token_endpoint: `${ELSEWHERE}/t` }),
  ],
  [
    'RP-46 keys at another host',
    /lies at https:\/\/other\.example/,
    () => ({ jwks_uri: `${ELSEWHERE}/keys` }),
  ],
  [
    'RP-46 a token endpoint at another port',
    /lies at http:\/\/127/,
    () => ({ token_endpoint: `${party.other.issuer}/token` }),
  ],
  ['RP-87 300 kB', /larger than allowed/, () => ({ padding: 'x'.repeat(300_000) })],
  ['no token endpoint', /no token_endpoint/, () => ({ token_endpoint: undefined })],
]
for (const [title, why, discovery] of DOCUMENTS) {
  test(`${title} in the discovery document: 503, no sign-in starts, and the log says why`, async () => {
    const { answer, logged } = await refusedStart({ discovery: discovery() })
    assert.ok(Number(answer.headers.get('retry-after')) > 0)
    assert.match(logged.join('\n'), why)
    assert.doesNotMatch(JSON.stringify(answer.body), why)
    assert.deepEqual(heardByOther(), [])
  })
}

const REPLIES: readonly (readonly [title: string, reply: () => RawReply])[] = [
  ['RP-86 a redirect to another host', () => rawReply.redirect(`${party.other.issuer}/x`, 302)],
  ['RP-87 FI-23 a closed socket', () => rawReply.closed()],
  ['RP-87 no answer', () => rawReply.silent()],
  ['RP-87 status 500', () => rawReply.text(500, '{}')],
  ['RP-87 5 MB', () => rawReply.large(5_000_000)],
  ['RP-87 HTML', () => rawReply.text(200, '<p>', 'text/html')],
]
for (const [title, reply] of REPLIES) {
  test(`${title} instead of a discovery document: 503 with Retry-After`, async () => {
    const { answer } = await refusedStart({ reply: reply() })
    assert.ok(Number(answer.headers.get('retry-after')) > 0)
    assert.deepEqual(heardByOther(), [])
  })
}

test('RP-83 RP-87 v5.0.0-V10.5.3 metadata that turns bad later: what was good serves on for an hour, not longer', async () => {
  const { evil, world } = party
  await evil.signIn(world.visitor())
  evil.always({ discovery: { issuer: ELSEWHERE } })
  world.clock.advance(61_000)
  assert.equal((await evil.signIn(world.visitor())).status, 302)
  world.clock.advance(PAST_ALL_MS)
  assert.equal((await world.visitor().get('/auth/web/login')).status, 503)
})

test('RP-87 while a provider is down readiness names it, present sessions and the other provider work', async () => {
  const { evil, other, world } = party
  world.clock.advance(PAST_ALL_MS)
  const ana = world.visitor()
  await other.signIn(ana)
  evil.always({ reply: { discovery: rawReply.closed() } })
  const ready = await world.visitor().get('/health/ready')
  assert.equal(ready.status, 503)
  assert.match(JSON.stringify(ready.body), /oidc\.evil/)
  assert.equal((await world.visitor().get('/auth/web/login?provider=evil')).status, 503)
  assert.equal((await meOf(ana)).authenticated, true)
  evil.reset()
  world.clock.advance(5_000)
  assert.equal((await world.visitor().get('/auth/web/login?provider=evil')).status, 302)
})

test('FI-23 JW-52 readiness names a provider whose keys cannot be had, though its discovery answers', async () => {
  const { evil, world } = party
  world.clock.advance(PAST_ALL_MS)
  evil.always({ reply: { jwks: rawReply.closed() } })
  const down = await world.visitor().get('/health/ready')
  assert.equal(down.status, 503)
  assert.match(JSON.stringify(down.body), /oidc\.evil/)
  evil.reset()
  world.clock.advance(PAST_ALL_MS)
  assert.equal((await world.visitor().get('/health/ready')).status, 200)
})

test('RP-03 RP-88 metadata that offers only plain, none and implicit weakens nothing', async () => {
  const { evil, oracle, world } = party
  world.clock.advance(PAST_ALL_MS)
  const weak = {
    code_challenge_methods_supported: ['plain'],
    id_token_signing_alg_values_supported: ['none'],
    response_types_supported: ['token id_token'],
    token_endpoint_auth_methods_supported: ['none'],
  }
  evil.always({ discovery: weak })
  const asked = new URL(await evil.start(world.visitor())).searchParams
  assert.deepEqual(
    [asked.get('response_type'), asked.get('code_challenge_method')],
    ['code', 'S256'],
  )
  await oracle.refusedSignIn(evil, {
    reason: 'id_token_invalid',
    says: { discovery: weak, header: { alg: 'none' } },
  })
  evil.always({ discovery: weak })
  await evil.signIn(world.visitor())
  const proofs = evil.calls('token').map(({ headers }) => headers.authorization)
  assert.match(proofs.at(-1) ?? '', /^Basic .{20}/, 'the secret goes along all the same')
})

test('RP-03 metadata without any PKCE method still gets S256', async () => {
  const { evil, world } = party
  world.clock.advance(PAST_ALL_MS)
  evil.always({ discovery: { code_challenge_methods_supported: undefined } })
  const asked = new URL(await evil.start(world.visitor())).searchParams
  assert.equal(asked.get('code_challenge_method'), 'S256')
  assert.match(asked.get('code_challenge') ?? '', /^[\w-]{43}$/)
})
