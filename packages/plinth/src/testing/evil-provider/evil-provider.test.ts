import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { World } from '../world.ts'
import { startWorld } from '../world.ts'
import type { EvilProvider } from './index.ts'
import { newSigningKey, rawReply, startEvilProvider } from './index.ts'

let evil: EvilProvider
let other: EvilProvider
let world: World
before(async () => {
  evil = await startEvilProvider()
  other = await startEvilProvider({ name: 'other', key: newSigningKey('ES256') })
  world = await startWorld({ features: [], providers: [evil, other] })
})
beforeEach(() => {
  evil.reset()
  other.reset()
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await Promise.all([evil[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
})

const isSignedIn = async (through: EvilProvider) => {
  const person = world.visitor()
  await through.signIn(person)
  return (await person.get('/auth/web/me')).body['authenticated']
}

test('a service of the kit signs people in through the providers that it is given', async () => {
  assert.equal(await isSignedIn(evil), true)
  assert.equal(await isSignedIn(other), true)
  const location = (await world.visitor().get('/auth/web/login')).headers.get('location')
  assert.ok(location?.startsWith(evil.issuer), 'the first one is the default')
})

test('a word for the next request is said once, in order, and a standing word until reset', async () => {
  evil.next('token', { claims: { aud: 'somebody-else' } })
  evil.next('token', { reply: { token: rawReply.text(500, '{}') } })
  assert.deepEqual([await isSignedIn(evil), await isSignedIn(evil)], [false, false])
  assert.equal(await isSignedIn(evil), true)
  evil.say.token = { token_type: 'mac' }
  assert.deepEqual([await isSignedIn(evil), await isSignedIn(evil)], [false, false])
  evil.reset()
  assert.equal(await isSignedIn(evil), true)
})

test('everything it hears and gives out is written down', async () => {
  await evil.signIn(world.visitor())
  const [call] = evil.calls('token')
  const form = new URLSearchParams(call?.body)
  assert.deepEqual([call?.method, form.get('grant_type')], ['POST', 'authorization_code'])
  assert.deepEqual(
    evil.issued.map((one) => one === form.get('code') || one.split('.').length),
    [true, 3, 1],
  )
})

test('each kind of token is good unless it is told otherwise', () => {
  const access = evil.mint.access({ scope: 'read', jti: undefined })
  const { iss, aud, scope, jti } = decodeJwt(access)
  assert.deepEqual([iss, aud, scope, jti], [evil.issuer, 'api://default', 'read', undefined])
  assert.equal(decodeProtectedHeader(access).typ, 'at+jwt')
  const logout = evil.mint.logout({}, { header: { typ: undefined }, key: other.say.key })
  assert.deepEqual(decodeProtectedHeader(logout), { alg: 'ES256', kid: other.say.key.kid })
  assert.deepEqual(Object.values(decodeJwt(logout)['events'] ?? {}), [{}])
})

test('a rotated key signs from then on, with the former ones published or not', async () => {
  const [first] = evil.say.keys
  const second = evil.rotateKeys(newSigningKey('ES256'), { keepOld: true })
  assert.deepEqual(evil.say.keys, [first, second.jwk])
  world.clock.advance(30_000)
  assert.equal(await isSignedIn(evil), true)
  const third = evil.rotateKeys(newSigningKey('RS256'))
  assert.deepEqual(evil.say.keys, [third.jwk])
})

test('a browser that visits its pages is sent back at once', async () => {
  const back = 'http://localhost:8000/after'
  const visit = async (path: string) => {
    const { headers } = await fetch(`${evil.issuer}${path}`, { redirect: 'manual' })
    return new URL(headers.get('location') ?? '')
  }
  const signedIn = await visit(`/authorize?state=s1&redirect_uri=${encodeURIComponent(back)}`)
  assert.equal(`${signedIn.origin}${signedIn.pathname}`, back)
  assert.deepEqual([...signedIn.searchParams.keys()], ['code', 'state', 'iss'])
  const query = `post_logout_redirect_uri=${encodeURIComponent(back)}&state=s2`
  assert.equal((await visit(`/end?${query}`)).href, `${back}?state=s2`)
})
