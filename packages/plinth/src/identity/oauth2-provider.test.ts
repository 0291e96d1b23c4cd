import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { EvilProvider } from '../testing/evil-provider/index.ts'
import { startEvilProvider } from '../testing/evil-provider/index.ts'
import type { Answer, Person } from '../testing/person.ts'
import type { IdentityWorld } from './identity.fixture.ts'
import { openIdentity, startAt } from './identity.fixture.ts'

let hub: EvilProvider
let world: IdentityWorld
let emails: unknown

/** A provider as GitHub is one: no ID tokens, people by number, addresses at a place of their own. */
before(async () => {
  hub = await startEvilProvider({ name: 'hub' })
  const { issuer } = hub
  const own = {
    ...hub.settings,
    protocol: 'oauth2',
    subject_claim: 'id',
    token_endpoint_auth_method: 'client_secret_post',
    scopes: ['read:user', 'user:email'],
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    emails_endpoint: `${issuer}/emails`,
  }
  world = await openIdentity({ oidc: { default_provider: 'hub', providers: { hub: own } } })
})
beforeEach(() => {
  hub.reset()
  emails = [
    { email: 'old@example.com', primary: false, verified: true },
    { email: 'octo@example.com', primary: true, verified: true },
  ]
  hub.say.token = { id_token: undefined, scope: 'read:user,user:email', token_type: 'bearer' }
  hub.say.userinfo = {
    ...{ sub: undefined, id: 583_231, login: 'octo', name: 'Octo Cat' },
    ...{ email: 'claimed@example.com', given_name: undefined, family_name: undefined },
  }
  hub.say.answer = (request, response) => {
    if (request.url !== '/emails') return false
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(emails))
    return true
  }
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await hub[Symbol.asyncDispose]()
})

async function signIn(
  person: Person,
  more: Record<string, string | undefined> = {},
): Promise<Answer> {
  return person.get(
    hub.callback(await startAt(person, '?provider=hub'), { iss: undefined, ...more }),
  )
}

async function userOf(person: Person) {
  return (await person.get('/auth/web/me')).body['user'] as {
    name: string
    email: string | null
  } | null
}

async function lastAudit() {
  const [row] = await world.sql(
    'select reason, data from plinth.audit_events order by occurred_at desc, id desc limit 1',
  )
  return [row?.['reason'], (row?.['data'] as { fault?: string } | undefined)?.fault]
}

test('4.8 a provider of plain OAuth 2.0 signs a person in by its own description of them', async () => {
  const octo = world.person()
  await signIn(octo)
  const user = await userOf(octo)
  assert.deepEqual([user?.name, user?.email], ['Octo Cat', 'octo@example.com'])
  const [identity] = await world.sql(
    "select issuer, subject from plinth.identities where subject = '583231'",
  )
  assert.deepEqual(identity, { issuer: hub.issuer, subject: '583231' })
  const form = new URLSearchParams(hub.calls('token')[0]?.body)
  assert.deepEqual(
    [form.get('client_secret'), hub.calls('token')[0]?.headers.authorization],
    [hub.settings.client_secret, undefined],
  )
  assert.ok(form.get('code_verifier'))
  assert.deepEqual(hub.calls('discovery'), [])
  assert.ok(hub.calls('userinfo')[0]?.headers['user-agent'])
})

test('D8 an address that such a provider has not verified, or that is not the main one, is none of ours', async () => {
  const lists: readonly unknown[] = [
    [{ email: 'a@example.com', primary: true, verified: false }],
    [{ email: 'a@example.com', primary: false, verified: true }],
    [{ email: 'a@example.com', primary: true, verified: 'true' }],
    [null, 7, 'a@example.com'],
    { email: 'a@example.com' },
    [],
  ]
  for (const [at, list] of lists.entries()) {
    emails = list
    hub.say.userinfo['id'] = 1_000 + at
    const someone = world.person()
    await signIn(someone)
    assert.equal((await userOf(someone))?.email, null, JSON.stringify(list))
  }
})

const SUBJECTS: readonly unknown[] = [undefined, null, '', ' ', 1.5, {}, ['1'], true]
test('RP-50 a person without a number or name that lasts is refused', async () => {
  for (const id of SUBJECTS) {
    hub.say.userinfo['id'] = id
    const someone = world.person()
    await signIn(someone)
    assert.equal(await userOf(someone), null, String(id))
    assert.deepEqual(await lastAudit(), ['userinfo_invalid', 'subject'])
  }
})

test('a description that cannot be had refuses the sign-in', async () => {
  hub.say.reply.userinfo = (_, response) => void response.writeHead(500).end('x')
  const someone = world.person()
  await signIn(someone)
  assert.equal(await userOf(someone), null)
  assert.deepEqual(await lastAudit(), ['provider_unavailable', 'unanswered'])
})

test('RP-36 an error that comes with status 200 is an error', async () => {
  hub.say.token = { error: 'bad_verification_code', access_token: undefined, id_token: undefined }
  const someone = world.person()
  await signIn(someone)
  assert.deepEqual(await lastAudit(), ['token_refused', 'bad_verification_code'])
})

test('RP-26 iss of another provider is refused also where none was promised', async () => {
  const someone = world.person()
  await signIn(someone, { iss: 'https://other.example' })
  assert.deepEqual(await lastAudit(), ['issuer_mismatch', 'different'])
  assert.equal(hub.calls('token').length, 0)
  await signIn(someone, { iss: hub.issuer })
  assert.ok(await userOf(someone))
})

test('RP-77 an ID token of such a provider is not looked at', async () => {
  hub.say.token = { id_token: hub.mint.id({ sub: '1', email: 'root@example.com' }) }
  const octo = world.person()
  await signIn(octo)
  assert.equal((await userOf(octo))?.email, 'octo@example.com')
})

test('RP-45 its scopes may be parted by commas', async () => {
  hub.say.userinfo['id'] = 45
  hub.say.token = { ...hub.say.token, scope: 'read:user' }
  await signIn(world.person())
  hub.say.token = { ...hub.say.token, scope: 'read:user,user:email' }
  await signIn(world.person())
  const rows = await world.sql<{ scopes: string[] }>(
    `select s.scopes from plinth.sessions s join plinth.identities i on i.id = s.identity_id
      where i.subject = '45' order by s.created_at, s.id`,
  )
  assert.deepEqual(
    rows.map(({ scopes }) => scopes),
    [['read:user'], ['read:user', 'user:email']],
  )
})
