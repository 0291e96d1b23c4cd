import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CallHeaders } from '../testing/person.ts'
import type { IdentityWorld } from './identity.fixture.ts'
import { COOKIE, callsTo, ORIGIN, openIdentity, signInAt, withCookie } from './identity.fixture.ts'

let world: IdentityWorld
before(async () => {
  world = await openIdentity()
})
after(() => world[Symbol.asyncDispose]())
const { isSignedIn, send, signedIn } = callsTo(() => world)

test('4.5 refresh: 401 No session found without a cookie, Invalid session and a cleared cookie for a dead one', async () => {
  const headers = { origin: ORIGIN, 'x-csrf-token': 'x' }
  const none = await send('POST', '/auth/web/refresh', headers)
  assert.deepEqual([none.status, none.body['detail']], [401, 'No session found'])
  const dead = await send('POST', '/auth/web/refresh', withCookie('C'.repeat(43), headers))
  assert.deepEqual([dead.status, dead.body['detail']], [401, 'Invalid session'])
  // B21 SB-03: the error answer still carries it, with the attributes of the cookie it removes.
  assert.deepEqual(dead.set, [`${COOKIE}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`])
})

for (const path of ['/auth/web/logout', '/auth/web/refresh']) {
  test(`D4 4.4 the guard order of ${path}: Origin, CSRF header, session, CSRF value`, async () => {
    const ana = await signedIn()
    const token = ana.cookies.get(COOKIE)
    const csrf = await ana.refreshCsrf()
    const table: readonly (readonly [CallHeaders, number, string])[] = [
      [{ origin: 'https://evil.test' }, 403, 'Origin not allowed'],
      [{}, 403, 'Missing or invalid Origin'],
      [{ origin: 'null' }, 403, "Origin 'null' not allowed"],
      [{ origin: ORIGIN }, 403, 'Missing CSRF token header'],
      [{ origin: ORIGIN, 'x-csrf-token': csrf }, 401, 'No session found'],
      [
        withCookie(token, { origin: 'https://evil.test', 'x-csrf-token': csrf }),
        403,
        'Origin not allowed',
      ],
      [withCookie(token), 403, 'Missing CSRF token header'],
      [withCookie(token, { 'x-csrf-token': 'wrong' }), 403, 'Invalid CSRF token'],
    ]
    for (const [headers, status, detail] of table) {
      const answer = await send('POST', path, headers)
      assert.deepEqual([answer.status, answer.body['detail']], [status, detail])
    }
    assert.equal(await isSignedIn(token), true)
  })
}

test('4.4 B14 RP-103 logout: session and cookie are gone, the provider URL is absolute and has the hint', async () => {
  const ana = await signedIn()
  const token = ana.cookies.get(COOKIE)
  const { status, body } = await ana.post('/auth/web/logout')
  assert.deepEqual([status, body['message'], ana.cookies.size], [200, 'Logged out', 0])
  const url = new URL(String(body['provider_logout_url']))
  assert.ok(url.href.startsWith(world.provider.issuer))
  const back = url.searchParams.get('post_logout_redirect_uri')
  assert.equal(back, `${ORIGIN}/auth/web/logged-out`)
  assert.match(url.searchParams.get('id_token_hint') ?? '', /^eyJ/)
  assert.equal(await isSignedIn(token), false)
  const again = await send('POST', '/auth/web/logout', withCookie(token, { 'x-csrf-token': 'x' }))
  assert.deepEqual([again.status, again.body], [200, { message: 'Logged out' }])
})

test('RP-102 logout while the provider is down ends the session at once', async () => {
  await using other = await openIdentity()
  const ana = other.person()
  await signInAt(ana)
  await other.provider.stop()
  other.clock.advance(3_000_000)
  const { status } = await ana.post('/auth/web/logout')
  assert.deepEqual([status, (await ana.get('/auth/web/me')).body['authenticated']], [200, false])
})

test('SB-29 SB-30 a logout while the session is refreshed leaves nothing alive', async () => {
  for (let round = 0; round < 5; round += 1) {
    const ana = await signedIn()
    const [token, csrf] = [ana.cookies.get(COOKIE), await ana.refreshCsrf()]
    const headers = withCookie(token, { 'x-csrf-token': csrf })
    const [refreshed] = await Promise.all([
      send('POST', '/auth/web/refresh', headers),
      send('POST', '/auth/web/logout', headers),
    ])
    const fresh = /=([\w-]{43});/.exec(refreshed.set[0] ?? '')?.[1]
    assert.deepEqual([await isSignedIn(token), await isSignedIn(fresh)], [false, false])
  }
})
