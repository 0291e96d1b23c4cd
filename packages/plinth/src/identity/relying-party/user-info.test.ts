import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { EvilSays, RawReply } from '../../testing/evil-provider/index.ts'
import { rawReply } from '../../testing/evil-provider/index.ts'
import type { RelyingParty } from './relying-party.fixture.ts'
import { meOf, openRelyingParty } from './relying-party.fixture.ts'

let party: RelyingParty
before(async () => {
  party = await openRelyingParty({ 'outbound.timeout_ms': 1_500 })
})
beforeEach(() => party.calm())
after(() => party[Symbol.asyncDispose]())

/** An ID token that says nothing but who: the rest has to be asked for. */
const bare = (sub: string): Partial<EvilSays> => ({
  claims: { sub, email: undefined, given_name: undefined, family_name: undefined },
})

test('RP-14 oidcc-client-test-scope-userinfo-claims: what the ID token lacks comes from UserInfo', async () => {
  const { evil, world } = party
  evil.always({ ...bare('u-14'), userinfo: { sub: 'u-14', email: 'u14@example.com' } })
  const eve = world.visitor()
  await evil.signIn(eve)
  const { user } = await meOf(eve)
  assert.deepEqual([user?.email, user?.name], ['u14@example.com', 'Eve Adams'])
})

test('RP-81 oidcc-client-test-userinfo-bearer-header: the access token is in the header, not in the query', async () => {
  const { evil, world } = party
  evil.always({ ...bare('u-81'), userinfo: { sub: 'u-81' } })
  await evil.signIn(world.visitor())
  const [call] = evil.calls('userinfo')
  assert.deepEqual(
    [call?.method, call?.headers.authorization, call?.query, call?.body],
    ['GET', 'Bearer opaque-access-token', '', ''],
  )
})

test('4.2 UserInfo is not asked when the ID token has what is needed', async () => {
  await party.evil.signIn(party.world.visitor())
  assert.equal(party.evil.calls('userinfo').length, 0)
})

const REFUSED: readonly (readonly [title: string, userinfo: Record<string, unknown>])[] = [
  ['RP-78 oidcc-client-test-userinfo-invalid-sub', { sub: 'somebody-else' }],
  ['RP-78 sub missing', { sub: undefined }],
  ['RP-78 sub in upper case', { sub: 'U-78' }],
  ['RP-78 sub a list', { sub: ['u-78'] }],
  ['RP-78 sub null', { sub: null }],
]
for (const [title, userinfo] of REFUSED) {
  test(`${title} → subject`, async () => {
    const { audit } = await party.oracle.refusedSignIn(party.evil, {
      ...{ reason: 'userinfo_invalid', says: { ...bare('u-78'), userinfo } },
    })
    assert.equal(JSON.parse(audit.data).fault, 'subject')
  })
}

const LOST: readonly (readonly [title: string, reply: RawReply])[] = [
  ['a status of 500', rawReply.text(500, '{"sub":"u-79","email":"x@example.com"}')],
  ['no answer', rawReply.silent()],
  ['a byte now and then', rawReply.trickle(100)],
  ['10 MB', rawReply.large(10_000_000)],
  ['half a body', rawReply.cut('{"sub":"u-79"')],
  ['a closed socket', rawReply.closed()],
  [
    'another content type',
    rawReply.text(200, '{"sub":"u-79","email":"x@example.com"}', 'text/html'),
  ],
  ['a list', rawReply.text(200, '[]')],
  ['a member twice', rawReply.text(200, '{"sub":"u-79","sub":"u-79","email":"x@example.com"}')],
]
for (const [title, reply] of LOST) {
  test(`RP-79 ${title} from UserInfo costs the optional claims, not the sign-in, in bounded time`, async () => {
    const { evil, world } = party
    evil.always({ ...bare('u-79'), reply: { userinfo: reply } })
    const started = performance.now()
    const eve = world.visitor()
    await evil.signIn(eve)
    assert.ok(performance.now() - started < 10_000)
    const { authenticated, user } = await meOf(eve)
    assert.deepEqual([authenticated, user?.email], [true, null])
  })
}

test('RP-79 a redirect of UserInfo is not followed: the token goes nowhere else', async () => {
  const { evil, other, world } = party
  evil.always({
    ...bare('u-79'),
    reply: { userinfo: rawReply.redirect(`${other.issuer}/userinfo`, 302) },
  })
  await evil.signIn(world.visitor())
  assert.deepEqual(other.heard, [])
})

test('RP-72 v5.0.0-V6.8.1 an address and its being verified come from one place, never one from each', async () => {
  const { evil, world } = party
  evil.always({
    claims: { sub: 'u-72', email: undefined, email_verified: true },
    userinfo: { sub: 'u-72', email: 'victim@example.com', email_verified: false },
  })
  const eve = world.visitor()
  await evil.signIn(eve)
  assert.equal((await meOf(eve)).user?.email, null)
})
