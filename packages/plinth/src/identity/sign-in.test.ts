import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { completeLogin } from '../dev/index.ts'
import { holdsJwt } from '../testing/holds-jwt.ts'
import type { IdentityWorld } from './identity.fixture.ts'
import { openIdentity, signInAt, startAt } from './identity.fixture.ts'

let world: IdentityWorld
before(async () => {
  world = await openIdentity()
})
after(() => world[Symbol.asyncDispose]())

const count = async (table: string) =>
  Number((await world.sql<{ n: string }>(`select count(*) as n from plinth.${table}`))[0]?.n)
/** Goes to the provider and back; the callback is not visited yet. */
async function comeBack(person: ReturnType<IdentityWorld['person']>, query = ''): Promise<string> {
  const url = new URL(
    await completeLogin(await startAt(person, query), {
      username: 'testuser1',
      password: 'password123',
    }),
  )
  return `${url.pathname}${url.search}`
}

test('RP-14 oidcc-client-test 4.2: a person signs in, is told who they are, and goes where they wanted', async () => {
  const ana = world.person()
  const answer = await signInAt(ana, 'testuser1', '?return_to=/dashboard?tab=1')
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/dashboard?tab=1'])
  const { body } = await ana.get('/auth/web/me')
  assert.deepEqual(
    { ...body, csrf_token: typeof body['csrf_token'], tenant: typeof body['tenant'] },
    {
      authenticated: true,
      user: {
        id: (body['user'] as { id: string }).id,
        email: 'testuser1@example.com',
        first_name: 'Test',
        last_name: 'User One',
        name: 'Test User One',
      },
      tenant: 'object',
      permissions: ['*'],
      csrf_token: 'string',
    },
  )
})

test('5.1 return_to of a login is the reference rule: foreign and doubled ones become the default', async () => {
  for (const query of [
    '?return_to=//evil.test',
    '?return_to=/a&return_to=/b',
    '?return_to=/auth/web/login',
  ]) {
    const answer = await signInAt(world.person(), 'testuser1', query)
    assert.equal(answer.headers.get('location'), '/')
  }
})

const other = 'A'.repeat(43)

test('SB-41 login cookies swapped between two browsers open nothing', async () => {
  const [one, two] = [world.person(), world.person()]
  const [backOne, backTwo] = [await comeBack(one), await comeBack(two)]
  const [cookieOne, cookieTwo] = [[...one.cookies], [...two.cookies]]
  const [[nameOne], [nameTwo]] = [cookieOne[0] ?? [''], cookieTwo[0] ?? ['']]
  one.cookies.set(nameOne ?? '', cookieTwo[0]?.[1] ?? '')
  two.cookies.set(nameTwo ?? '', cookieOne[0]?.[1] ?? '')
  assert.deepEqual([(await one.get(backOne)).status, (await two.get(backTwo)).status], [400, 400])
})

test('SB-04 a login cookie that is there twice is no login cookie', async () => {
  const ana = world.person()
  const back = await comeBack(ana)
  const [name = ''] = ana.cookies.keys()
  const doubled = { cookie: `${name}=${ana.cookies.get(name)}; ${name}=${other}` }
  assert.equal((await ana.get(back, doubled)).status, 400)
})

test('SB-50 other methods do not reach login and callback', async () => {
  const pending = await count('pending_logins')
  // A password is posted to where a GET begins a sign-in at a provider.
  const others = {
    '/auth/web/login': ['PUT', 'HEAD'],
    '/auth/web/callback': ['POST', 'PUT', 'HEAD'],
  }
  for (const [path, methods] of Object.entries(others)) {
    for (const method of methods) {
      const { status } = await fetch(`${world.http.url}${path}`, { method, redirect: 'manual' })
      assert.ok(status === 404 || status === 405, `${method} ${path} → ${status}`)
    }
  }
  assert.equal(await count('pending_logins'), pending)
})

test('4.9 the service is no provider: what one would answer, and what shows an identity bare, is not there', async () => {
  const gone = [
    ...['/auth/jit/me', '/auth/jit/protected-scope', '/auth/jit/protected-role'],
    ...['/auth/jit/.well-known/openid-configuration', '/.well-known/openid-configuration'],
    ...['/auth/jit/userinfo', '/userinfo', '/auth/web/debug'],
  ].map((path) => ['GET', path] as const)
  for (const [method, path] of [...gone, ['POST', '/auth/jit/introspect']] as const) {
    const { status } = await fetch(`${world.http.url}${path}`, { method })
    assert.equal(status, 404, `${method} ${path}`)
  }
})

test('SB-10 SB-11 over all of this no token, code or secret reached a log line', async () => {
  const text = world.http.logged.join('\n')
  assert.ok(!holdsJwt(text))
  for (const needle of ['test-client-secret', 'code=', 'state=', 'user_session_id']) {
    assert.ok(!text.includes(needle), needle)
  }
})
