import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { COOKIE } from '../identity.fixture.ts'
import { offerIn, openLinking } from './linking.fixture.ts'

let kit: Awaited<ReturnType<typeof openLinking>>
before(async () => {
  kit = await openLinking()
})
after(() => kit.world[Symbol.asyncDispose]())

test('D8 v5.0.0-V6.8.1 a signed-in person proves a second account, agrees, and has two ways in', async () => {
  const { person: ana, claims } = await kit.somebody()
  const [id, before] = [await kit.me(ana), ana.cookies.get(COOKIE)]
  const second = { sub: 'second', email: 'second@x.test' }
  const offer = offerIn(await kit.prove(ana, second))
  assert.equal(ana.cookies.get(COOKIE), before, 'proving is not signing in')
  assert.equal((await kit.list(ana)).length, 1, 'nothing is linked before the consent')
  const shown = await ana.get(`/auth/identities/offers/${offer}`)
  const { expires_at: _, ...rest } = shown.body
  const { email } = second
  const wanted = { id: offer, provider: 'evil', email, name: 'Eve Adams', return_to: '/settings' }
  assert.deepEqual(rest, wanted)
  const linked = await kit.accept(ana, offer)
  assert.deepEqual([linked.status, linked.body['return_to']], [201, '/settings'])
  assert.notEqual(ana.cookies.get(COOKIE), before, 'the session has a new id')
  assert.equal(typeof linked.body['csrf_token'], 'string')
  assert.deepEqual(
    (await kit.list(ana)).map((one) => [one.email, one.is_current]),
    [
      [claims.email, true],
      [email, false],
    ],
  )
  const other = kit.world.person()
  await kit.signInAs(other, second)
  assert.equal(await kit.me(other), id, 'the second account signs the same person in')
  assert.deepEqual(kit.noticesTo(claims.email), ['account.identity_linked'])
  assert.deepEqual(await kit.audits('identity.linked'), [{ outcome: 'success', reason: null }])
})

test('B13 the second account does not change where mail to the person goes, nor their name', async () => {
  const { person: ana, claims, second } = await kit.somebodyWithTwo()
  await kit.signInAs(kit.world.person(), { ...second, given_name: 'Other' })
  const { body } = await ana.get<{ user: { email: string; first_name: string } }>('/auth/web/me')
  assert.deepEqual([body.user.email, body.user.first_name], [claims.email, 'Eve'])
})

type ClaimsFor = (email: string) => Record<string, unknown>
const ADDRESSES: readonly (readonly [string, ClaimsFor, boolean])[] = [
  ['the same verified address', (email) => ({ email }), true],
  ['the same address in capitals', (email) => ({ email: email.toUpperCase() }), true],
  ['the same address, unverified', (email) => ({ email, email_verified: false }), false],
  ['the same address, verified as a text', (email) => ({ email, email_verified: 'true' }), false],
  ['another verified address', (email) => ({ email: `x${email}` }), false],
  ['no address', () => ({ email: null }), false],
]
for (const [at, [title, more, asks]] of ADDRESSES.entries()) {
  test(`D8 RP-72 v5.0.0-V6.8.1 an account with ${title} ${asks ? 'asks' : 'never asks'} whoever is signed in`, async () => {
    const { person: ana, claims } = await kit.somebody()
    const before = [await kit.me(ana), ana.cookies.get(COOKIE), await kit.identities()]
    const answer = await kit.signInAs(ana, { sub: `same-${at}`, ...more(claims.email) })
    const now = [await kit.me(ana), ana.cookies.get(COOKIE), await kit.identities()]
    if (asks) {
      assert.deepEqual(now, before, 'signed in as before, and nobody new')
      assert.equal((await kit.accept(ana, offerIn(answer))).status, 201)
      assert.equal(await kit.me(ana), before[0])
    } else {
      assert.equal(answer.headers.get('location'), '/')
      assert.notEqual(now[0], before[0], 'somebody else, never merged')
    }
  })
}

test('D8 RP-72 an address of a person that was never verified asks nobody', async () => {
  const { person: ana, claims } = await kit.somebody()
  const id = await kit.me(ana)
  await kit.world.sql('update plinth.people set email_verified = false where id = $1', [id])
  await kit.world.sql('update plinth.identities set email_verified = false where person_id = $1', [
    id,
  ])
  const answer = await kit.signInAs(ana, { sub: 'same-unproved', email: claims.email })
  assert.equal(answer.headers.get('location'), '/')
  assert.notEqual(await kit.me(ana), id)
})

test('D8 v5.0.0-V6.8.1 nobody is asked whose own address was never verified, nor one who is signed out', async () => {
  const email = 'unproved@example.com'
  const { person: ana } = await kit.somebody({ email, email_verified: false })
  const id = await kit.me(ana)
  const answer = await kit.signInAs(ana, { sub: 'thinks-so', email })
  assert.equal(answer.headers.get('location'), '/')
  assert.notEqual(await kit.me(ana), id)
  const { person: bob, claims } = await kit.somebody()
  await bob.post('/auth/web/logout')
  const after = await kit.signInAs(bob, { sub: 'after-logout', email: claims.email })
  assert.equal(after.headers.get('location'), '/')
})

test('an offer is for one session of one person, once, and for ten minutes', async () => {
  const { person: eve } = await kit.somebody()
  const { person: ana, claims } = await kit.somebody()
  const offer = offerIn(await kit.prove(ana, { sub: 'held', email: 'held@x.test' }))
  const phone = kit.world.person()
  await kit.signInAs(phone, claims)
  assert.equal(await kit.me(phone), await kit.me(ana), 'the same person in another browser')
  for (const other of [eve, phone]) {
    const path = `/auth/identities/offers/${offer}`
    const answers = [await other.get(path), await other.post(path), await other.delete(path)]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404, 404],
    )
  }
  kit.world.clock.advance(600_000)
  const late = await kit.accept(ana, offer)
  kit.world.clock.advance(-600_000)
  assert.deepEqual([late.status, late.body['code']], [404, 'auth.link_offer_gone'])
  assert.equal((await kit.accept(ana, offer)).status, 201)
  assert.equal((await kit.accept(ana, offer)).status, 404)
})

test('an offer that is declined links nothing and cannot be taken afterwards', async () => {
  const { person: ana } = await kit.somebody()
  const offer = offerIn(await kit.prove(ana, { sub: 'declined', email: 'declined@x.test' }))
  const no = await ana.delete(`/auth/identities/offers/${offer}`)
  assert.deepEqual([no.status, no.body['return_to']], [200, '/settings'])
  assert.equal((await kit.accept(ana, offer)).status, 404)
  assert.equal((await kit.list(ana)).length, 1)
})

test('ten consents at once link one account, and no session forks', async () => {
  const { person: ana } = await kit.somebody()
  const offer = offerIn(await kit.prove(ana, { sub: 'crowded', email: 'crowd@x.test' }))
  await ana.refreshCsrf()
  const answers = await Promise.all(Array.from({ length: 10 }, () => kit.accept(ana, offer)))
  const statuses = answers.map(({ status }) => status)
  assert.equal(statuses.filter((status) => status === 201).length, 1, String(statuses))
  assert.ok(
    statuses.every((status) => [201, 401, 404].includes(status)),
    String(statuses),
  )
  const [row] = await kit.world.sql(
    `select (select count(*)::int from plinth.identities where subject = 'crowded') as linked,
            (select count(*)::int from plinth.sessions s
              where s.family_id = (select session_family_id from plinth.link_offers where id = $1)
                and revoked_at is null and rotated_at is null) as live`,
    [offer],
  )
  assert.deepEqual(row, { linked: 1, live: 1 })
})

test('consent is a POST with CSRF: without the token or from a foreign origin nothing is linked', async () => {
  const { person: ana } = await kit.somebody()
  const offer = offerIn(await kit.prove(ana, { sub: 'csrf', email: 'csrf@x.test' }))
  const path = `/auth/identities/offers/${offer}`
  await ana.refreshCsrf()
  const evil = { origin: 'https://evil.test' }
  assert.equal((await ana.post(path, undefined, { 'x-csrf-token': 'x' })).status, 403)
  assert.equal((await ana.post(path, undefined, evil)).status, 403)
  assert.equal((await ana.post('/auth/identities', { provider: 'evil' }, evil)).status, 403)
  assert.equal((await ana.get(path)).status, 200)
  assert.equal((await kit.list(ana)).length, 1)
})

test('B4 an account that signs in somebody else stays theirs, when proved and when it was quicker', async () => {
  const bob = await kit.somebody()
  const { person: ana } = await kit.somebody()
  const refused = await kit.prove(ana, bob.claims)
  assert.deepEqual([refused.status, refused.body['code']], [409, 'auth.identity_taken'])
  const quick = { sub: 'quick', email: 'quick@x.test' }
  const offer = offerIn(await kit.prove(ana, quick))
  await kit.signInAs(kit.world.person(), quick)
  const late = await kit.accept(ana, offer)
  assert.deepEqual([late.status, late.body['code']], [409, 'auth.identity_taken'])
  assert.deepEqual([(await kit.list(ana)).length, (await kit.list(bob.person)).length], [1, 1])
  assert.equal((await kit.audits('identity.linked')).at(-1)?.reason, 'identity_taken')
})

test('an account that the person has already leads back, without an offer', async () => {
  const { person: ana, claims } = await kit.somebody()
  assert.equal((await kit.prove(ana, claims)).headers.get('location'), '/settings')
})

test('both proofs belong to one browser session: with somebody else signed in meanwhile nothing is offered', async () => {
  const { person: ana } = await kit.somebody()
  const url = await kit.start(ana)
  await ana.post('/auth/web/logout')
  await kit.signInAs(ana, { sub: 'somebody-else', email: 'else@x.test' })
  const before = [await kit.identities(), await kit.me(ana)]
  const answer = await kit.comeBack(ana, url, { sub: 'late-proof', email: 'late@x.test' })
  assert.deepEqual([answer.status, answer.body['code']], [403, 'auth.session_changed'])
  assert.deepEqual([await kit.identities(), await kit.me(ana)], before)
})

test('both proofs belong to one browser session: a later one of the same person is offered nothing', async () => {
  const { person: ana } = await kit.somebody()
  await kit.signInAs(ana, { sub: 'same-person', email: 'same@x.test' })
  const url = await kit.start(ana)
  await ana.post('/auth/web/logout')
  await kit.signInAs(ana, { sub: 'same-person', email: 'same@x.test' })
  const answer = await kit.comeBack(ana, url, { sub: 'late-again', email: 'again@x.test' })
  assert.deepEqual([answer.status, answer.body['code']], [403, 'auth.session_changed'])
})

test('signed out meanwhile: the proof of a second account signs nobody in', async () => {
  const { person: ana } = await kit.somebody()
  const url = await kit.start(ana)
  await ana.post('/auth/web/logout')
  const answer = await kit.comeBack(ana, url, { sub: 'after-out', email: 'out@x.test' })
  assert.deepEqual([answer.status, answer.body['code']], [403, 'auth.session_changed'])
  assert.equal(await kit.me(ana), undefined)
})

test('v5.0.0-V10.1.2 v5.0.0-V10.2.1 what one browser proves links nothing in another', async () => {
  const { person: ana } = await kit.somebody()
  const { person: eve } = await kit.somebody()
  const url = await kit.start(eve)
  const answer = await kit.comeBack(ana, url, { sub: 'planted', email: 'planted@x.test' })
  assert.equal(answer.status, 400)
  assert.equal((await kit.list(ana)).length, 1)
})

test('a session that was refreshed while the browser was away still links', async () => {
  const { person: ana } = await kit.somebody()
  const url = await kit.start(ana)
  assert.equal((await ana.post('/auth/web/refresh')).status, 200)
  const claims = { sub: 'refreshed', email: 'refreshed@x.test' }
  const offer = offerIn(await kit.comeBack(ana, url, claims))
  assert.equal((await kit.accept(ana, offer)).status, 201)
})

test('v5.0.0-V7.5.1 accounts change only right after a sign-in; signing in once more keeps the offer', async () => {
  const { person: ana, claims } = await kit.somebodyWithTwo()
  kit.world.clock.advance(901_000)
  const third = { sub: 'third', email: claims.email }
  const offer = offerIn(await kit.signInAs(ana, third))
  const [own] = await kit.list(ana)
  for (const answer of [
    await kit.accept(ana, offer),
    await ana.post('/auth/identities', { provider: 'evil' }),
    await ana.delete(`/auth/identities/${own?.id}`),
  ]) {
    assert.deepEqual([answer.status, answer.body['code']], [401, 'auth.sign_in_again'])
    const url = '/auth/web/login?provider=evil&max_age=900'
    assert.deepEqual(answer.body['details'], [
      { path: 'session', message: url, code: 'sign_in_again' },
    ])
  }
  assert.equal((await kit.list(ana)).length, 2)
  await kit.signInAs(ana, claims)
  assert.equal((await kit.accept(ana, offer)).status, 201)
  kit.world.clock.advance(-901_000)
})

test('v5.0.0-V7.5.1 a fresh session is not enough where the provider says that the proof is old', async () => {
  const { person: ana, claims } = await kit.somebody()
  const hourAgo = Math.floor(kit.world.clock.now() / 1_000) - 3_600
  await kit.signInAs(ana, { ...claims, auth_time: hourAgo })
  const refused = await ana.post('/auth/identities', { provider: 'evil' })
  assert.deepEqual([refused.status, refused.body['code']], [401, 'auth.sign_in_again'])
  await kit.signInAs(ana, { ...claims, auth_time: hourAgo + 3_590 })
  assert.equal((await ana.post('/auth/identities', { provider: 'evil' })).status, 200)
})

test('D7 a session in another kind of browser sees and changes no accounts', async () => {
  const { person: ana } = await kit.somebody()
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'
  const answer = await ana.get('/auth/identities', { 'user-agent': firefox })
  assert.deepEqual([answer.status, answer.body['code']], [401, 'auth.invalid_session'])
})

test('5.1 return_to of a linking is the reference rule, and unknown providers are refused', async () => {
  const { person: ana } = await kit.somebody()
  const url = await kit.start(ana, { return_to: 'https://evil.test/' })
  const offer = offerIn(await kit.comeBack(ana, url, { sub: 'back', email: 'back@x.test' }))
  assert.equal((await kit.accept(ana, offer)).body['return_to'], '/')
  const unknown = await ana.post('/auth/identities', { provider: 'off' })
  assert.deepEqual([unknown.status, unknown.body['code']], [400, 'auth.unknown_provider'])
})

test('SB-59 with nobody signed in there is no list, no start and no consent', async () => {
  const nobody = kit.world.person()
  const offer = '/auth/identities/offers/01900000-0000-7000-8000-000000000000'
  const answers = [
    await nobody.get('/auth/identities'),
    await nobody.post('/auth/identities', { provider: 'evil' }),
    await nobody.post(offer),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [401, 401, 401],
  )
})
