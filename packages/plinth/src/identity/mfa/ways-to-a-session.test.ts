import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { TOTP, Secret as TotpSecret } from 'otpauth'
import { provesTwoFactors } from '../../access/index.ts'
import type { Person } from '../../testing/person.ts'
import type { IdentityWorld } from '../identity.fixture.ts'
import { openIdentity, signInAt } from '../identity.fixture.ts'

const SRC = path.resolve(import.meta.dirname, '../..')

/** Files of the runtime that hold a text; tests and fixtures make sessions of their own. */
function filesWith(pattern: RegExp): readonly string[] {
  return globSync('**/*.ts', { cwd: SRC })
    .filter((file) => !/\.(test|fixture)\.ts$/.test(file))
    .filter((file) => pattern.test(readFileSync(path.join(SRC, file), 'utf8')))
    .sort()
}

test('MF-11 v5.0.0-V6.3.4 every way to a session, as the code has it, leads through the gate', () => {
  // Rows are written in one place, for the two functions of one file.
  assert.deepEqual(filesWith(/insert into plinth\.sessions\b/), [
    'identity/sessions/sessions.repository.ts',
  ])
  assert.deepEqual(filesWith(/\binsertSession\(/), [
    'identity/sessions/mint-session.ts',
    'identity/sessions/sessions.repository.ts',
  ])
  // The one begins a session and asks the gate; the kit of the tests uses it too.
  assert.deepEqual(filesWith(/\bmintSession\(/), [
    'identity/enter.ts',
    'identity/sessions/mint-session.ts',
    'testing/sign-in.ts',
  ])
  // The other goes on with one, and only where the gate was asked again.
  assert.deepEqual(filesWith(/\bcontinueSession\(/), [
    'identity/sessions/mint-session.ts',
    'identity/sessions/rotate-session.ts',
  ])
  // A refresh token goes on with one too, without a row of its own.
  assert.deepEqual(filesWith(/\bsecondFactors\.judge\(/), [
    'identity/sessions/mint-session.ts',
    'identity/sessions/rotate-session.ts',
    'identity/token-api/refresh-tokens.ts',
    'identity/tokens/own/session-of-token.ts',
  ])
  // Whoever calls `enter`: a provider, a password, a passkey, an invitation, a second factor. Each is
  // tried with somebody who has a factor: below, and in the tests beside these files.
  assert.deepEqual(filesWith(/import \{[^}]*\benter\b[^}]*\} from '[./]+enter\.ts'/), [
    'identity/invitations/accept-as-newcomer.ts',
    'identity/mfa/finish-sign-in.ts',
    'identity/passkeys/handle-authentication.ts',
    'identity/password/sign-in-with-password.ts',
    'identity/sign-in.ts',
  ])
})

let world: IdentityWorld
before(async () => {
  world = await openIdentity()
})
after(() => world[Symbol.asyncDispose]())

const codeOf = (secret: string) =>
  TOTP.generate({ secret: TotpSecret.fromBase32(secret), timestamp: world.clock.now() })
const isSignedIn = async (person: Person) =>
  (await person.get('/auth/web/me')).body['authenticated']

test('MF-11 a provider’s word alone gives no session to whoever has a factor here; the browser is asked for it', async () => {
  const first = world.person()
  await signInAt(first)
  const setUp = await first.post('/auth/mfa/setup', {})
  const [method_id, secret] = [String(setUp.body['method_id']), String(setUp.body['secret'])]
  const confirmed = await first.post('/auth/mfa/confirm', { method_id, code: codeOf(secret) })
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body))
  world.clock.advance(30_000)

  const person = world.person()
  const back = await signInAt(person, 'testuser1', '?return_to=/orders')
  assert.equal(back.headers.get('location'), '/auth/second-factor?return_to=%2Forders')
  assert.equal(await isSignedIn(person), false)
  assert.equal(person.cookies.has('user_session_id'), false)
  // The token came in a cookie that no script reads, so no body need carry it.
  const shown = await person.post('/auth/mfa/challenge', {})
  assert.deepEqual(
    [shown.status, (shown.body['methods'] as { kind: string }[]).map(({ kind }) => kind)],
    [200, ['totp', 'recovery']],
  )
  const wrong = await person.post('/auth/web/mfa', { code: '000000' })
  assert.equal(wrong.status, 401)
  const done = await person.post('/auth/web/mfa', { code: codeOf(secret), return_to: '/orders' })
  assert.deepEqual(
    [done.status, done.body['return_to']],
    [200, '/orders'],
    JSON.stringify(done.body),
  )
  assert.equal(await isSignedIn(person), true)
  assert.equal(person.cookies.has('mfa_challenge'), false)
  const [row] = await world.sql<{ amr: string[] }>(
    'select amr from plinth.sessions where revoked_at is null order by created_at desc limit 1',
  )
  assert.ok(provesTwoFactors(row?.amr ?? []) && row?.amr.includes('fed'), String(row?.amr))
  // Refreshing goes on: what was proved stays proved.
  assert.equal((await person.post('/auth/web/refresh')).status, 200)
})

test('MF-14 a provider that signs somebody out while they look for their code ends the waiting sign-in', async () => {
  const person = world.person()
  await signInAt(person)
  const [identity] = await world.sql<{ issuer: string; subject: string; provider: string }>(
    'select issuer, subject, provider from plinth.identities order by last_sign_in_at desc nulls last limit 1',
  )
  assert.ok(identity)
  const { holdNames, rememberSignOut } = await import('../logout/provider-sign-outs.repository.ts')
  const now = new Date(world.clock.now() + 1_000).toISOString()
  await world.db.database.platform.transaction(async (tx) => {
    const named = {
      provider: identity.provider,
      iss: identity.issuer,
      sub: identity.subject,
      sid: undefined,
    }
    await holdNames(tx, named)
    await rememberSignOut(tx, named, { saidAt: now, now })
  })
  world.clock.advance(60_000)
  const [kept] = await world.sql<{ n: number }>(
    'select count(*)::int as n from plinth.mfa_challenges where consumed_at is null',
  )
  assert.equal(kept?.n, 1)
  const [row] = await world.sql<{ id: string }>(
    "select id from plinth.mfa_methods where kind = 'totp'",
  )
  assert.ok(row)
  const codes = await world.sql<{ n: number }>(
    'select count(*)::int as n from plinth.recovery_codes where used_at is null',
  )
  assert.equal(codes[0]?.n, 10)
  const secretRow = await person.post('/auth/web/mfa', { code: codeOf(await secretOf(row.id)) })
  assert.deepEqual([secretRow.status, secretRow.body['detail']], [401, 'Invalid MFA token'])
  assert.equal(await isSignedIn(person), false)
})

async function secretOf(method: string): Promise<string> {
  const { secretKeys } = await import('./secret-keys.ts')
  const { Secret } = await import('../../kernel/index.ts')
  const [row] = await world.sql<{ sealed: Buffer; keyId: string; person: string }>(
    'select secret_sealed as sealed, key_id as "keyId", person_id as person from plinth.mfa_methods where id = $1',
    [method],
  )
  const keys = secretKeys(new Secret('session-secret-of-the-tests-012345678'), undefined)
  return row === undefined ? '' : (keys.open({ person: row.person, method }, row) ?? '')
}
