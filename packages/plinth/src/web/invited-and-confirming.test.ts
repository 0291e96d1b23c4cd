import assert from 'node:assert/strict'
import { test } from 'node:test'
import { feature } from '../feature/index.ts'
import type { OwnFactors } from '../identity/index.ts'
import { newId } from '../kernel/index.ts'
import { createPages } from '../pages/index.ts'
import { openHttp } from '../testing/http-harness.ts'
import { confirmPage } from './confirm-page.ts'
import { invitationPage } from './invitation-page.ts'
import { passwordPages } from './password-pages.ts'

const at = '2026-01-02T03:04:05.000Z'
const ana = {
  person: newId<'person'>(),
  name: 'Ana <b>',
  tenant: null,
  permissions: [],
  credential: { kind: 'cookie', id: 's', session: newId<'session'>(), authenticatedAt: 0 },
} as const
const nothing: OwnFactors = {
  password: true,
  methods: [],
  toSetUp: [],
  recoveryCodes: 0,
  remembered: [],
}
const passkey = {
  id: newId<'passkey'>(),
  name: 'Phone',
  synced: false,
  created_at: at,
  last_used_at: null,
}

interface Visit {
  readonly signedIn?: boolean
  readonly factors?: OwnFactors
  readonly passkeys?: readonly (typeof passkey)[]
  readonly password?: boolean
}

async function visit(path: string, { signedIn, factors = nothing, ...more }: Visit = {}) {
  const pages = createPages({ service: 'Shop' })
  const { renderPage, renderProblemPage } = pages
  const ways = { password: more.password ?? true, passkey: true, registration: false }
  const deps = {
    service: 'Shop',
    ways,
    choices: [{ name: 'acme', label: 'Acme', isDefault: true }],
    returnTo: (asked: unknown) => (asked === '/stock' ? asked : '/'),
    factors: async () => factors,
    account: async () => ({
      identities: [
        {
          id: newId<'identity'>(),
          provider: 'acme',
          email: null,
          created_at: at,
          last_sign_in_at: null,
          is_current: true,
        },
      ],
      devices: [],
      passkeys: more.passkeys,
    }),
  }
  const people = feature('people', {
    routes: [invitationPage(deps), confirmPage(deps), passwordPages()],
  })
  await using http = await openHttp([pages.feature, people], {
    renderPage,
    renderProblemPage,
    ...(signedIn && { authenticate: async () => ana }),
  })
  const headers = { accept: 'text/html', ...(signedIn && { cookie: 'user_session_id=x' }) }
  const answer = await fetch(http.url + path, { headers })
  return { status: answer.status, text: await answer.text() }
}

test('MF-45 an invitation is accepted by a click: as who is signed in, or with a new account', async () => {
  const stranger = await visit('/invitation')
  assert.match(stranger.text, /href="\/auth\/sign-in\?return_to=%2Finvitation"/)
  assert.match(stranger.text, /action="\/auth\/invitations\/accept"[\s\S]*name="first_name"/)
  assert.match(stranger.text, /name="token" data-link data-keep="invitation"/)
  const member = await visit('/invitation', { signedIn: true })
  assert.match(member.text, /signed in as <strong>Ana &lt;b&gt;<\/strong>/)
  assert.doesNotMatch(member.text, /name="password"/)
  const providersOnly = await visit('/invitation', { password: false })
  assert.doesNotMatch(providersOnly.text, /name="password"/)
  assert.match(providersOnly.text, /data-keep="invitation"/)
  for (const { text } of [stranger, member, providersOnly]) {
    assert.match(text, /action="\/auth\/invitations\/decline" data-show="show-declined"/)
  }
})

test('ASVS 7.5.3 a fresh proof is what the person has: a factor where there is one, else the password', async () => {
  const path = '/auth/confirm?return_to=/stock'
  const plain = await visit(path, { signedIn: true })
  assert.match(plain.text, /action="\/auth\/web\/step-up" data-next="\/stock"/)
  assert.match(plain.text, /name="password"/)
  assert.match(
    plain.text,
    /\/auth\/web\/login\?provider=acme&amp;max_age=300&amp;return_to=%2Fstock/,
  )
  assert.doesNotMatch(plain.text, /name="code"|data-passkey/)

  const withKey = await visit(path, { signedIn: true, passkeys: [passkey] })
  assert.match(withKey.text, /data-passkey="get" data-as="passkey"/)
  assert.doesNotMatch(withKey.text, /name="password"/)

  const method = {
    id: newId<'mfa-method'>(),
    kind: 'sms',
    label: null,
    address: '+49',
    created_at: at,
    last_used_at: null,
  } as const
  const factors = { ...nothing, methods: [method] }
  const withCode = await visit(path, { signedIn: true, factors })
  assert.match(withCode.text, /Send a code by SMS[\s\S]*name="code"/)
  assert.doesNotMatch(withCode.text, /name="password"/)
})

test('a page that leads elsewhere leads only where it may, and asks strangers to sign in', async () => {
  const away = await visit('/auth/confirm?return_to=https://evil.example', { signedIn: true })
  assert.doesNotMatch(away.text, /evil/)
  assert.equal((await visit('/auth/confirm')).status, 401)
  assert.equal((await visit('/auth/email-change')).status, 401)
  const change = await visit('/auth/email-change', { signedIn: true })
  assert.match(change.text, /action="\/auth\/email-change\/confirm"/)
})
