import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { EvilProvider, EvilSays, RefusalOracle } from '../testing/evil-provider/index.ts'
import { openRefusalOracle, rawReply, startEvilProvider } from '../testing/evil-provider/index.ts'
import type { Answer, Person } from '../testing/person.ts'
import type { IdentityWorld } from './identity.fixture.ts'
import { openIdentity, startAt } from './identity.fixture.ts'

let hub: EvilProvider
let world: IdentityWorld
let oracle: RefusalOracle
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
  const { clock, db, http, person } = world
  const scene = { clock, logged: http.logged, visitor: () => person() }
  oracle = await openRefusalOracle({ ...scene, adminUrl: db.adminUrl })
})
beforeEach(beAsEver)
after(async () => {
  await oracle[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
  await hub[Symbol.asyncDispose]()
})

function beAsEver(): void {
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
}

/** A sign-in that its answers, or its callback, must end; all eight are proved. */
async function refused(
  says: Partial<EvilSays>,
  {
    reason,
    fault,
    iss,
    tokenCalls,
  }: Readonly<Record<'reason' | 'fault', string>> & {
    readonly iss?: string
    readonly tokenCalls?: number
  },
): Promise<void> {
  const { audit } = await oracle.refusedSignIn(
    { ...hub, reset: beAsEver },
    { says, reason, callback: { iss }, ...(tokenCalls !== undefined && { tokenCalls }) },
  )
  assert.deepEqual(JSON.parse(audit.data), { provider: 'hub', fault })
}

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
    await refused({ userinfo: { id } }, { reason: 'userinfo_invalid', fault: 'subject' })
  }
})

test('RP-79 a description that cannot be had refuses the sign-in', async () => {
  const described = JSON.stringify({ id: 583_231 })
  for (const userinfo of [
    rawReply.text(500, described),
    rawReply.text(200, described, 'text/html'),
    rawReply.text(200, `[${described}]`),
    rawReply.redirect(`${hub.issuer}/elsewhere`, 302),
    rawReply.large(10_000_000),
    rawReply.closed(),
  ]) {
    const why = { reason: 'provider_unavailable', fault: 'unanswered' }
    await refused({ reply: { userinfo } }, why)
  }
})

test('RP-36 an error that comes with status 200 is an error', async () => {
  const error = 'bad_verification_code'
  await refused({ token: { error } }, { reason: 'token_refused', fault: error })
})

test('RP-26 iss of another provider is refused also where none was promised', async () => {
  const why = { reason: 'issuer_mismatch', fault: 'different' }
  await refused({}, { ...why, iss: 'https://other.example', tokenCalls: 0 })
  const someone = world.person()
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
