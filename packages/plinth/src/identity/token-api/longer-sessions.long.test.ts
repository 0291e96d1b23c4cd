import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TokenWorld } from './token-api.fixture.ts'
import { browserOf, openTokenWorld } from './token-api.fixture.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

let tokens: TokenWorld
before(async () => {
  tokens = await openTokenWorld()
})
after(() => tokens?.[Symbol.asyncDispose]())

const later = (ms: number) => tokens.world.clock.advance(ms)

/** Refreshes, and says what came. */
async function renew(token: string): Promise<{ access: string; refresh: string }> {
  const { status, body } = await tokens.refresh(token)
  assert.equal(status, 200, JSON.stringify(body))
  return { access: String(body['access_token']), refresh: String(body['refresh_token']) }
}

/** What a route that wants a sign-in of the last quarter of an hour answers. */
async function endOthers(access: string): Promise<readonly unknown[]> {
  const answer = await fetch(`${tokens.world.http.url}/auth/sessions`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${access}` },
  })
  const { code } = (await answer.json()) as { code?: string }
  return [answer.status, code]
}

const TOO_OLD = [401, 'access.insufficient_user_authentication']

test('SB-34 a sign-in behind tokens has limits of its own: those of a browser stay theirs', async () => {
  const ana = await tokens.holder()
  const inBrowser = await browserOf(tokens, ana)
  assert.equal(await inBrowser(), true)
  later(61 * MINUTE_MS)
  assert.equal(await inBrowser(), false, 'app.session_max_age')
  later(20 * DAY_MS)
  assert.equal((await tokens.refresh(ana.refresh)).status, 200, 'tokens.refresh_ttl_days')
})

test('SB-34 a longer session is no more recent: refreshing never counts as proving who one is', async () => {
  const ana = await tokens.holder()
  assert.equal((await endOthers(ana.access))[0], 200)
  let held = { access: ana.access, refresh: ana.refresh }
  for (const wait of [14 * MINUTE_MS, 2 * MINUTE_MS, DAY_MS, 25 * DAY_MS]) {
    later(wait)
    held = await renew(held.refresh)
    assert.equal((await tokens.get('/who', held.access)).status, 200)
  }
  assert.deepEqual(await endOthers(held.access), TOO_OLD)
  const [row] = await tokens.world.sql<{ age: number }>(
    `select extract(epoch from last_seen_at - authenticated_at)::float8 as age
       from plinth.sessions where id = $1`,
    [ana.session],
  )
  assert.ok((row?.age ?? 0) > 25 * (DAY_MS / 1_000), `proved ${row?.age} s before the last use`)
})
