import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { appSettings } from '../config/index.ts'
import { newToken } from '../kernel/index.ts'
import type { World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'
import { mfaSettings, oidcSettings, sessionSettings, tokenSettings } from './index.ts'
import { ROTATION_GRACE_SECONDS } from './sessions/session.ts'

const COOKIE = 'user_session_id'

let world: World
let guide: string
before(async () => {
  const path = new URL('../../../../docs/guides/sessions.md', import.meta.url)
  guide = await readFile(path, 'utf8')
  world = await startWorld({ features: [], settings: { 'sessions.max_per_person': 2 } })
})
after(() => world[Symbol.asyncDispose]())

/** Cells of the guide's tables, by the first of each row. */
function rowsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const lines = text.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('|--'))
  const cells = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  return new Map(cells.map(([first = '', ...rest]) => [first, rest]))
}

test('v5.0.0-V7.1.1 SB-34 the guide says how long sessions live, and its values are the defaults', () => {
  const { refresh_tokens, pending_login_seconds } = oidcSettings.parse({})
  const { refresh_ttl_days, session_lifetime_days } = tokenSettings.parse({})
  const limits: readonly (readonly [string, string, unknown])[] = [
    [
      'Without a request',
      'app.session_max_age',
      appSettings.shape.session_max_age.parse(undefined),
    ],
    [
      'However busy',
      'oidc.refresh_tokens.max_session_lifetime_seconds',
      refresh_tokens.max_session_lifetime_seconds,
    ],
    ['After a refresh', 'fixed', ROTATION_GRACE_SECONDS],
    ['A sign-in that was started', 'oidc.pending_login_seconds', pending_login_seconds],
    [
      'Sessions of one person',
      'sessions.max_per_person',
      sessionSettings.parse({}).max_per_person ?? 'no limit',
    ],
    ['Behind tokens, without a refresh', 'tokens.refresh_ttl_days', `${refresh_ttl_days} days`],
    [
      'Behind tokens, however busy',
      'tokens.session_lifetime_days',
      `${session_lifetime_days} days`,
    ],
    [
      'A browser that is remembered',
      'mfa.remember_days',
      `${mfaSettings.parse({}).remember_days} days`,
    ],
  ]
  const rows = [...rowsOf(guide)]
  for (const [title, setting, value] of limits) {
    const [, cells] = rows.find(([first]) => first.startsWith(title)) ?? []
    const named = setting === 'fixed' ? setting : `\`${setting}\``
    assert.deepEqual(cells, [named, `\`${value}\``], title)
  }
})

test('v5.0.0-V7.1.2 the written rule on parallel sessions holds at one more than the limit', async () => {
  assert.match(guide, /one sign-in more ends the session that signed in first/)
  const browsers = []
  for (let count = 0; count < 3; count += 1) browsers.push(await world.signIn('max'))
  const states = browsers.map(async (one) => (await one.get('/auth/web/me')).body['authenticated'])
  assert.deepEqual(await Promise.all(states), [false, true, true])
})

test('v5.0.0-V7.1.3 the guide says how our session, the provider’s and its refresh token meet', () => {
  const rows = rowsOf(guide)
  const heads = ['Our session', 'Session at the provider', 'Its refresh token']
  assert.deepEqual(rows.get('What ends'), heads)
  for (const end of [
    'Sign-out here (`POST /auth/web/logout`)',
    'Idle or absolute limit here',
    'Sign-out at the provider',
    'The provider refuses the refresh token',
  ]) {
    assert.equal(rows.get(end)?.filter((cell) => cell !== '').length, 3, end)
  }
  const routes = world.service.census().map(({ method, url }) => `${method} ${url}`)
  for (const address of [
    'POST /auth/web/logout',
    'GET /auth/web/logged-out',
    'POST /auth/web/backchannel-logout/:provider',
    'GET /auth/web/initiate-login',
  ]) {
    assert.ok(routes.includes(address), address)
    const path = address.split(' ')[1]?.replace(':provider', '<name>') ?? ''
    assert.ok(guide.includes(path), path)
  }
})

test('v5.0.0-V7.2.1 an edited or invented session id is nobody’s, on every route that wants a session', async () => {
  const ana = await world.signIn('ana')
  const good = ana.cookies.get(COOKIE) ?? ''
  const swapped = good.startsWith('A') ? 'B' : 'A'
  const invented = [
    newToken(),
    swapped + good.slice(1),
    good.slice(0, -1),
    `${good}A`,
    good.toLowerCase() === good ? good.toUpperCase() : good.toLowerCase(),
    [...good].reverse().join(''),
    '0'.repeat(43),
  ]
  for (const value of invented) {
    const thief = world.visitor()
    thief.cookies.set(COOKIE, value)
    assert.equal((await thief.get('/auth/sessions')).status, 401, value)
    assert.equal((await thief.get('/auth/web/me')).body['authenticated'], false)
  }
  assert.equal((await ana.get('/auth/sessions')).status, 200)
})

test('v5.0.0-V7.2.2 no secret of the service and no id of a row is a session token', async () => {
  const eve = await world.signIn('eve')
  const { rows } = await world.database.platform.query<{
    id: string
    family: string
    hash: Buffer
  }>('select id, family_id as family, id_hash as hash from plinth.sessions')
  const { app } = world.service.config
  const known = rows.flatMap(({ id, family, hash }) => [
    id,
    family,
    hash.toString('base64url'),
    hash.toString('hex'),
  ])
  const secrets = [app.session_signing_secret.reveal(), app.csrf_signing_secret.reveal()]
  for (const value of [...known, ...secrets, await eve.refreshCsrf()]) {
    const thief = world.visitor()
    thief.cookies.set(COOKIE, value)
    assert.equal((await thief.get('/auth/sessions')).status, 401)
  }
})
