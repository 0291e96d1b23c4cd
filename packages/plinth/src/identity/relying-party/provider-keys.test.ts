import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import type { EvilSays, RawReply } from '../../testing/evil-provider/index.ts'
import { newSigningKey, rawReply } from '../../testing/evil-provider/index.ts'
import type { RelyingParty } from './relying-party.fixture.ts'
import { meOf, openRelyingParty } from './relying-party.fixture.ts'

const second = newSigningKey('RS256', 'second')
const third = newSigningKey('ES256', 'third')
const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
const smallJwk = { ...small.publicKey.export({ format: 'jwk' }), kid: 'small' }

const TTL_MS = 61_000

let party: RelyingParty
before(async () => {
  party = await openRelyingParty({
    'outbound.timeout_ms': 1_500,
    'oidc.jwks_cache_ttl_seconds': 60,
  })
})
beforeEach(() => {
  party.calm()
  party.world.clock.advance(TTL_MS)
})
after(() => party[Symbol.asyncDispose]())

const own = () => party.evil.say.key
const withoutKid = { header: { kid: undefined } }

async function signsIn(says: Partial<EvilSays>): Promise<boolean> {
  party.evil.always(says)
  const eve = party.world.visitor()
  await party.evil.signIn(eve)
  return (await meOf(eve)).authenticated
}

type Row = readonly [title: string, says: () => Partial<EvilSays>]

const ACCEPTED: readonly Row[] = [
  ['RP-14 oidcc-client-test-discovery-jwks-uri-keys', () => ({})],
  ['RP-59 JW-19 oidcc-client-test-kid-absent-single-jwks', () => withoutKid],
  [
    'RP-60 JW-20 oidcc-client-test-kid-absent-multiple-jwks: ours is the second',
    () => ({ ...withoutKid, keys: [second.jwk, own().jwk] }),
  ],
  [
    'JW-21 one kid for two keys: both are tried',
    () => ({ keys: [{ ...second.jwk, kid: own().kid }, own().jwk] }),
  ],
  [
    'RP-92 JW-54 junk beside a good key',
    () => ({ keys: [null, 1, 'x', [], {}, { kty: 'x' }, smallJwk, own().jwk] }),
  ],
  [
    'RP-92 a shared secret beside a good key',
    () => ({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }, own().jwk] }),
  ],
  ['RP-92 a private key beside a good key', () => ({ keys: [privateJwk(), own().jwk] })],
  [
    'RP-92 a key for encryption beside a good key',
    () => ({ keys: [{ ...second.jwk, use: 'enc' }, own().jwk] }),
  ],
]
for (const [title, says] of ACCEPTED) {
  test(`${title} → accepted`, async () => {
    assert.equal(await signsIn(says()), true)
  })
}

const USELESS: readonly Row[] = [
  [
    'RP-60 JW-20 without kid, ours is the sixth of its kind',
    () => ({ ...withoutKid, keys: [...Array.from({ length: 5 }, () => second.jwk), own().jwk] }),
  ],
  [
    'RP-92 JW-11 a key of 1,024 bits',
    () => ({ keys: [{ ...smallJwk, kid: own().kid }, third.jwk] }),
  ],
  ['RP-92 JW-11 an exponent of 3', () => ({ keys: [{ ...own().jwk, e: 'Aw' }, third.jwk] })],
  ['JW-11 an exponent of 1', () => ({ keys: [{ ...own().jwk, e: 'AQ' }, third.jwk] })],
  [
    'RP-92 JW-07 a key of another algorithm',
    () => ({ keys: [{ ...own().jwk, alg: 'PS256' }, third.jwk] }),
  ],
  ['RP-92 a key for encryption', () => ({ keys: [{ ...own().jwk, use: 'enc' }, third.jwk] })],
  ['RP-92 a private key', () => ({ keys: [{ ...privateJwk(), kid: own().kid }, third.jwk] })],
  [
    'RP-92 ours behind a thousand others',
    () => ({ keys: [...Array.from({ length: 1_000 }, () => third.jwk), own().jwk] }),
  ],
  [
    'RP-92 JW-54 ours in a set of 300 kB',
    () => ({ key: third, keys: [third.jwk, { kty: 'x', padding: 'x'.repeat(300_000) }] }),
  ],
  ['RP-91 JW-55 a key that was withdrawn, after its cache time', () => ({ keys: [third.jwk] })],
]
for (const [title, says] of USELESS) {
  test(`${title} → refused`, async () => {
    await party.oracle.refusedSignIn(party.evil, { reason: 'id_token_invalid', says: says() })
  })
}

test('RP-92 a published private key is an alarm in the log, and is not printed', async () => {
  const lines = party.world.logged.length
  assert.equal(await signsIn({ keys: [privateJwk(), own().jwk] }), true)
  const told = party.world.logged.slice(lines).join('\n')
  assert.match(told, /publishes a private key/)
  assert.ok(!told.includes(String(privateJwk()['d'])))
})

function privateJwk(): Record<string, unknown> {
  return { ...second.privateKey?.export({ format: 'jwk' }), kid: 'leaked' }
}

const BROKEN: readonly (readonly [title: string, reply: RawReply])[] = [
  ['10 MB', rawReply.large(10_000_000)],
  ['a byte now and then', rawReply.trickle(100)],
  ['HTML', rawReply.text(200, '<p>', 'text/html')],
  ['a redirect', rawReply.redirect('http://127.0.0.1:1/', 302)],
  ['no keys', rawReply.text(200, '{"keys":[]}')],
  ['keys null', rawReply.text(200, '{"keys":null}')],
  ['a gzip bomb', rawReply.gzipBomb(10_000_000)],
  ['status 500', rawReply.text(500, '{}')],
]
for (const [title, reply] of BROKEN) {
  test(`RP-92 JW-52 JW-54 ${title} instead of a key set does not erase the good one`, async () => {
    assert.equal(await signsIn({}), true)
    party.world.clock.advance(TTL_MS)
    assert.equal(await signsIn({ reply: { jwks: reply } }), true)
  })
}

test('JW-52 keys that cannot be had anew serve an hour more, and then sign nobody in', async () => {
  assert.equal(await signsIn({}), true)
  const says = { reply: { jwks: rawReply.closed() } }
  party.world.clock.advance(3_500_000)
  assert.equal(await signsIn(says), true)
  party.world.clock.advance(200_000)
  await party.oracle.refusedSignIn(party.evil, { reason: 'provider_unavailable', says })
})

test('RP-89 JW-53 oidcc-client-test-signing-key-rotation-just-before-signing: one refetch', async () => {
  const { evil } = party
  assert.equal(await signsIn({}), true)
  party.world.clock.advance(31_000)
  evil.heard.length = 0
  evil.next('jwks', { keys: [third.jwk] })
  assert.equal(await signsIn({ key: third }), true)
  assert.equal(evil.calls('jwks').length, 1)
})

test('RP-91 JW-55 a withdrawn key signs nobody in after its cache time, and everybody before it', async () => {
  assert.equal(await signsIn({}), true)
  party.world.clock.advance(TTL_MS - 10_000)
  assert.equal(await signsIn({ keys: [third.jwk] }), true)
  party.world.clock.advance(TTL_MS)
  assert.equal(await signsIn({}), false)
})

test('RP-93 JW-50 forty sign-ins with unknown key ids cost one fetch', async () => {
  const { evil, world } = party
  assert.equal(await signsIn({}), true)
  world.clock.advance(31_000)
  evil.heard.length = 0
  evil.say.bend = {
    token: (good) => ({ ...good, id_token: evil.mint.id({}, { header: { kid: unknownKid() } }) }),
  }
  const visitors = Array.from({ length: 40 }, () => world.visitor())
  const answers = await Promise.all(visitors.map((visitor) => evil.signIn(visitor)))
  assert.deepEqual(new Set(answers.map(({ headers }) => headers.get('location'))), new Set(['/']))
  assert.equal(evil.calls('jwks').length, 1)
  assert.ok(visitors.every(({ cookies }) => cookies.size === 0))
})

let kids = 0
const unknownKid = (): string => `nobody-${kids++}`
