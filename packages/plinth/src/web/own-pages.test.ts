import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import { createPages } from '../pages/index.ts'
import { openHttp } from '../testing/http-harness.ts'
import type { WebDeps } from './index.ts'
import { ACCOUNT_PAGE, webFeature } from './index.ts'

const HOSTILE = `"><svg onload=alert(1)>'</title><script>alert(2)</script>`
const at = '2026-01-02T03:04:05.000Z'

const deps: WebDeps = {
  service: 'Shop',
  choices: [{ name: 'acme', label: HOSTILE, isDefault: true }],
  ways: { password: false, passkey: false, registration: false },
  slots: undefined,
  returnTo: () => '/',
  linkOffer: async (_context, id) =>
    id === 'mine'
      ? {
          id: newId<'link-offer'>(),
          provider: 'acme',
          email: HOSTILE,
          name: HOSTILE,
          return_to: '/',
          expires_at: at,
        }
      : undefined,
  waiting: async () => undefined,
  factors: async () => ({
    password: true,
    methods: [
      {
        id: newId<'mfa-method'>(),
        kind: 'totp',
        label: HOSTILE,
        address: HOSTILE,
        created_at: at,
        last_used_at: null,
      },
    ],
    toSetUp: ['email', 'sms'],
    recoveryCodes: 1,
    remembered: [{ id: newId<'session'>(), device: HOSTILE, created_at: at, expires_at: at }],
  }),
  account: async () => ({
    identities: ['acme', 'gone'].map((provider, place) => ({
      id: newId<'identity'>(),
      provider,
      email: place === 0 ? HOSTILE : null,
      created_at: at,
      last_sign_in_at: place === 0 ? at : null,
      is_current: place === 0,
    })),
    passkeys: [true, false].map((synced) => ({
      id: newId<'passkey'>(),
      name: HOSTILE,
      synced,
      created_at: at,
      last_used_at: synced ? at : null,
    })),
    devices: [true, false].map((current) => ({
      id: newId<'session'>(),
      device: HOSTILE,
      ip_address: current ? null : HOSTILE,
      created_at: at,
      last_seen_at: at,
      expires_at: at,
      is_current: current,
    })),
  }),
}

const principal = {
  person: newId<'person'>(),
  name: HOSTILE,
  email: HOSTILE,
  tenant: null as Id<'tenant'> | null,
  permissions: [],
  credential: { kind: 'cookie', id: 's', session: newId<'session'>(), authenticatedAt: 0 },
} as const

async function visit(path: string, signedIn = true, more: Partial<WebDeps> = {}) {
  const pages = createPages({ service: 'Shop', account: ACCOUNT_PAGE })
  const { renderPage, renderProblemPage } = pages
  await using http = await openHttp([pages.feature, webFeature({ ...deps, ...more })], {
    renderPage,
    renderProblemPage,
    authenticate: async () => (signedIn ? principal : undefined),
  })
  const headers = { cookie: 'user_session_id=x', accept: 'text/html' }
  const answer = await fetch(http.url + path, { headers })
  return { status: answer.status, text: await answer.text() }
}

test('v5.0.0-V1.2.1 what a provider says of an account stays text on the pages that show it', async () => {
  for (const path of [ACCOUNT_PAGE, '/account/link?offer=mine']) {
    const { status, text } = await visit(path)
    assert.equal(status, 200)
    assert.doesNotMatch(text, /<svg|<script>|="[^"]*"><svg/)
    assert.match(text, /&quot;&gt;&lt;svg onload=alert\(1\)&gt;&#39;/)
  }
})

test('the account page: one way in is marked, each other thing can be ended, all through guarded routes', async () => {
  const { text } = await visit(ACCOUNT_PAGE)
  const actions = [...text.matchAll(/data-action="(\w+)" action="([^"]+)"/g)].map(
    ([, method, path = '']) => `${method} ${path.replace(/[0-9a-f-]{36}/, ':id')}`,
  )
  assert.deepEqual(actions, [
    'DELETE /auth/identities/:id',
    'DELETE /auth/identities/:id',
    'POST /auth/identities',
    'PATCH /auth/passkeys/:id',
    'DELETE /auth/passkeys/:id',
    'PATCH /auth/passkeys/:id',
    'DELETE /auth/passkeys/:id',
    'POST /auth/passkeys/registration/verify',
    'POST /auth/password-change',
    'POST /auth/email-change',
    'DELETE /auth/mfa/:id',
    'POST /auth/mfa/setup',
    'POST /auth/mfa/setup',
    'POST /auth/mfa/confirm',
    'POST /auth/mfa/confirm',
    'POST /auth/mfa/recovery-codes',
    'DELETE /auth/mfa/devices/:id',
    'DELETE /auth/sessions/:id',
    'POST /auth/web/logout',
    'DELETE /auth/sessions',
  ])
  assert.match(text, /signed in with it now/)
  assert.match(text, /this browser/)
  assert.match(text, /<time datetime="2026-01-02T03:04:05.000Z">2 Jan 2026, 03:04 UTC/)
  assert.match(text, /No verified e-mail address[\s\S]*Linked <time/)
})

test('ASVS 14.2.1: without a script no form puts what was typed into an address', async () => {
  const everything = { ways: { password: true, passkey: true, registration: true } }
  const pages = ['sign-in', 'sign-up', 'forgot-password', 'reset-password', 'verify-email']
  const own = [
    '/account',
    '/account/link?offer=mine',
    '/invitation',
    '/auth/confirm',
    '/auth/email-change',
  ]
  for (const path of [...pages.map((name) => `/auth/${name}`), ...own]) {
    const { status, text } = await visit(path, own.includes(path), everything)
    assert.equal(status, 200, path)
    const forms = text.match(/<form\b[^>]*>/g) ?? []
    assert.ok(forms.length > 0, path)
    for (const form of forms) assert.match(form, / method="post" /, `${path} ${form}`)
  }
})

test('ASVS 6.2.7: a form about the password of an account tells a password manager whose', async () => {
  for (const path of [ACCOUNT_PAGE, '/auth/confirm']) {
    const none = { methods: [], toSetUp: [], recoveryCodes: 0, remembered: [] }
    const factors = async () => ({ password: true, ...none })
    const account = async () => ({ identities: [], devices: [], passkeys: undefined })
    const { text } = await visit(path, true, { factors, account })
    const [form = ''] = text.match(/<form[^>]*>(?:(?!<\/form>)[\s\S])*current-password/) ?? []
    assert.match(form, /autocomplete="username" value="&quot;&gt;&lt;svg[^>]*readonly hidden>/)
    assert.doesNotMatch(form, /autocomplete="username"[^>]*name=/)
  }
})

test('security.md 5.1 a return_to that cannot be read leads to the start page, not to an error', async () => {
  const ways = { password: true, passkey: false, registration: true }
  for (const path of ['sign-in', 'sign-up', 'second-factor', 'confirm']) {
    for (const bad of ['%00', '/a%00b', '%ZZ', '%ff']) {
      const { status } = await visit(`/auth/${path}?return_to=${bad}`, true, { ways })
      assert.equal(status, 200, `${path} ${bad}`)
    }
  }
})

test('an offer that is over, foreign, or not one at all is one and the same page', async () => {
  for (const query of ['?offer=other', '', '?offer=a&offer=mine', '?offer=%00']) {
    const { status, text } = await visit(`/account/link${query}`)
    assert.ok(status === 404 || (query.includes('%00') && status === 400), `${query} ${status}`)
    if (status === 404)
      assert.match(text, /no longer open[\s\S]*href="\/account">Go to your account/)
  }
})

test('who is not signed in is asked to, and comes back', async () => {
  const { status, text } = await visit(ACCOUNT_PAGE, false)
  assert.equal(status, 401)
  assert.match(text, /href="\/auth\/sign-in\?return_to=%2Faccount"/)
})
