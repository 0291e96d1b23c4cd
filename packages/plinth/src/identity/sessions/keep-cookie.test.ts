import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signedIn } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import type { Answer, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'

const NAME = 'user_session_id'
const HOUR_SECONDS = 3_600
const own = { access: signedIn(), tenant: 'none' } as const

/** Ends the wait of `GET /slow`. */
let release = (): void => {}
const shop = feature('shop', {
  routes: [
    route('GET /slow', {
      ...own,
      handle: () => new Promise<undefined>((resolve) => (release = () => resolve(undefined))),
    }),
    route('GET /shared', {
      ...own,
      handle: ({ reply }) => void reply.header('cache-control', 'public, max-age=60'),
    }),
  ],
})

let world: World
before(async () => {
  const settings = { 'oidc.refresh_tokens.max_session_lifetime_seconds': 2 * HOUR_SECONDS }
  world = await startWorld({ features: [shop], settings })
})
after(() => world[Symbol.asyncDispose]())

/** Seconds that the answer has the browser keep its session; undefined when it says nothing of it. */
function life({ headers }: Answer): number | undefined {
  const line = headers.getSetCookie().find((one) => one.startsWith(`${NAME}=`))
  return line === undefined ? undefined : Number(/Max-Age=(\d+)/.exec(line)?.[1])
}

test('SB-28 contract 4.2 the browser keeps the cookie as long as the session that it uses', async () => {
  const ana = await world.signIn('ana')
  const token = ana.cookies.get(NAME)
  assert.equal(life(await ana.get('/auth/web/me')), undefined)
  const lives: (number | undefined)[] = []
  for (const minutes of [50, 0, 50]) {
    world.clock.advance(minutes * 60_000)
    lives.push(life(await ana.get('/auth/web/me')))
  }
  assert.deepEqual(lives.slice(0, 2), [HOUR_SECONDS, undefined])
  // At most until the end that no use puts off; the seconds that the test takes count.
  assert.ok(Number(lives[2]) > 15 * 60 && Number(lives[2]) <= 20 * 60, String(lives[2]))
  assert.equal(ana.cookies.get(NAME), token)
})

test('SB-26 D9 an answer that was slow does not bring back the id that was changed meanwhile', async () => {
  const ana = await world.signIn('ana')
  world.clock.advance(5 * 60_000)
  const former = release
  const slow = ana.get('/slow')
  while (release === former) await new Promise(setImmediate)
  assert.equal((await ana.post('/auth/web/refresh')).status, 200)
  const token = ana.cookies.get(NAME)
  release()
  assert.equal(life(await slow), undefined)
  assert.equal(ana.cookies.get(NAME), token)
})

test('SB-29 a request that was slow ends after the sign-out: it is answered, and brings no cookie back', async () => {
  const ana = await world.signIn('ana')
  const token = ana.cookies.get(NAME)
  // Long enough that the answer would bring the cookie anew.
  world.clock.advance(5 * 60_000)
  const former = release
  const slow = ana.get('/slow')
  while (release === former) await new Promise(setImmediate)
  assert.equal((await ana.post('/auth/web/logout')).status, 200)
  release()
  const answer = await slow
  assert.deepEqual([answer.status, life(answer)], [204, undefined])
  assert.equal(ana.cookies.has(NAME), false)
  ana.cookies.set(NAME, token ?? '')
  assert.equal((await ana.get('/auth/web/me')).body['authenticated'], false)
})

test('SB-03 an answer that a cache may share brings no cookie, and signing out takes it', async () => {
  const ana = await world.signIn('ana')
  world.clock.advance(5 * 60_000)
  assert.equal(life(await ana.get('/shared')), undefined)
  world.clock.advance(5 * 60_000)
  assert.equal(life(await ana.post('/auth/web/logout')), 0)
  assert.equal(ana.cookies.has(NAME), false)
})
