import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html } from '../feature/index.ts'
import { oidcSettings, signInChoices } from '../identity/index.ts'
import { newId } from '../kernel/index.ts'
import { createPages } from '../pages/index.ts'
import { openHttp } from '../testing/http-harness.ts'
import type { WebDeps } from './index.ts'
import { webFeature } from './index.ts'

const client = { client_id: 'me', client_secret: 'its-secret' }
const google = { ...client, issuer: 'https://accounts.google.com' }
const keycloak = { ...client, issuer: 'http://localhost:8080/realms/test-realm', dev_only: true }
const own = { ...client, issuer: 'https://sso.example', label: 'Acme <SSO>' }
const idle = { issuer: 'https://idle.example' }

const NO_WAYS = { password: false, passkey: false, registration: false }
const NO_FACTORS = { password: false, methods: [], toSetUp: [], recoveryCodes: 0, remembered: [] }
const ALL_WAYS = { password: true, passkey: true, registration: true }

const choicesOf = (providers: object, production = false) =>
  signInChoices(oidcSettings.parse({ providers, default_provider: 'google' }), production)

async function signInPage(
  providers: object,
  path = '/auth/sign-in',
  headers: Record<string, string> = {},
  more: Partial<WebDeps> = {},
) {
  const signedIn = headers['cookie'] !== undefined
  const pages = createPages({ service: 'Shop & Co' })
  const web = webFeature({
    service: 'Shop & Co',
    choices: choicesOf(providers),
    ways: NO_WAYS,
    slots: undefined,
    returnTo: (asked) => (typeof asked === 'string' ? asked : '/'),
    waiting: async () => undefined,
    factors: async () => NO_FACTORS,
    ...more,
    linkOffer: async () => undefined,
    account: async () => ({ identities: [], devices: [], passkeys: undefined }),
  })
  const { renderPage, renderProblemPage } = pages
  await using http = await openHttp([pages.feature, web], {
    renderPage,
    renderProblemPage,
    ...(signedIn && { authenticate: async () => ana }),
  })
  const answer = await fetch(http.url + path, { redirect: 'manual', headers })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

const ana = {
  person: newId<'person'>(),
  name: 'Ana <b>',
  tenant: null,
  permissions: [],
  credential: { kind: 'cookie', id: 's', authenticatedAt: 0 },
} as const

test('a person chooses among the enabled providers, the default one first', () => {
  const all = { keycloak, github: { ...google, issuer: 'https://github.com' }, google, own, idle }
  const labels = (production: boolean) => choicesOf(all, production).map(({ label }) => label)
  assert.deepEqual(labels(false), ['Google', 'Keycloak', 'GitHub', 'Acme <SSO>'])
  assert.deepEqual(labels(true), ['Google', 'GitHub', 'Acme <SSO>'])
  assert.deepEqual(
    choicesOf({ my_own: idle, 'big-corp': own, second_one: google })[1]?.label,
    'Second One',
  )
})

test('one provider: the sign-in page leads there at once, with the place to come back to', async () => {
  const { status, headers } = await signInPage(
    { google, idle },
    '/auth/sign-in?return_to=/stock%3Fa=1',
  )
  assert.equal(status, 302)
  assert.equal(headers.get('location'), '/auth/web/login?return_to=%2Fstock%3Fa%3D1')
  assert.equal((await signInPage({ google })).headers.get('location'), '/auth/web/login')
})

test('SB-45 a link on another site shows the one way to sign in, and does not take it', async () => {
  const { status, text } = await signInPage({ google }, '/auth/sign-in', {
    'sec-fetch-site': 'cross-site',
  })
  assert.equal(status, 200)
  assert.match(text, /Continue with Google/)
})

test('several providers: one link each, names and return path escaped', async () => {
  const hostile = encodeURIComponent('/"><script>alert(1)</script>')
  const { status, text } = await signInPage(
    { google, own },
    `/auth/sign-in?return_to=${hostile}&x=1`,
  )
  assert.equal(status, 200)
  assert.match(text, /<h1>Sign in<\/h1>/)
  const links = [...text.matchAll(/<a class="([^"]+)" href="(\/auth[^"]+)">([^<]+)</g)]
  assert.deepEqual(
    links.map(([, look, , name]) => [look, name]),
    [
      ['button button-primary', 'Continue with Google'],
      ['button', 'Continue with Acme &lt;SSO&gt;'],
    ],
  )
  assert.match(
    links[1]?.[2] ?? '',
    /^\/auth\/web\/login\?provider=own&amp;return_to=%2F%22%3E%3Cscript/,
  )
  assert.doesNotMatch(text, /<script>/)
})

test('a return path that is sent twice is left out; nobody configured is said, with what to do', async () => {
  const twice = await signInPage({ google, own }, '/auth/sign-in?return_to=/a&return_to=/b')
  assert.equal(twice.status, 200)
  assert.doesNotMatch(twice.text, /return_to/)
  assert.match((await signInPage({ idle })).text, /Nobody can sign in yet[\s\S]*oidc\.providers/)
})

test('who is signed in already learns it, and may go on', async () => {
  const { text } = await signInPage({ google, own }, '/auth/sign-in', {
    cookie: 'user_session_id=x',
  })
  assert.match(text, /signed in as Ana &lt;b&gt;[\s\S]*<a href="\/">go on<\/a>/)
})

test('D22 with accounts of its own the page asks for name and password, a passkey, or a new account', async () => {
  const { status, text } = await signInPage(
    { google },
    '/auth/sign-in?return_to=/stock',
    {},
    {
      ways: ALL_WAYS,
    },
  )
  assert.equal(status, 200)
  assert.match(text, /data-action="POST" action="\/auth\/web\/login"[^>]*data-next="\/stock"/)
  assert.match(text, /<label for="username">E-mail or user name<\/label>/)
  assert.match(text, /name="password" type="password" autocomplete="current-password"/)
  assert.match(text, /data-passkey="get" data-options="\/auth\/passkeys\/authentication\/options"/)
  assert.match(text, /href="\/auth\/sign-up\?return_to=%2Fstock">Create an account/)
  assert.match(text, /Continue with Google[\s\S]*class="or"[\s\S]*name="username"/)
})

test('a way that is off is not offered, and without providers the password comes first', async () => {
  const ways = { ...NO_WAYS, password: true }
  const { text } = await signInPage({}, '/auth/sign-in', {}, { ways })
  assert.match(text, /<button class="button button-primary">Sign in/)
  assert.doesNotMatch(text, /data-passkey|Create an account|class="or"/)
})

test('the service fills two places of the page; what it inserts is escaped by its own template', async () => {
  const visits: unknown[] = []
  const { text } = await signInPage(
    { google, own },
    '/auth/sign-in?return_to=/stock',
    {},
    {
      slots: async ({ returnTo, nonce }) => {
        visits.push([returnTo, nonce.length > 10])
        return { above: html`<p>Down ${'<tonight>'}</p>`, below: html`<p>Terms</p>` }
      },
    },
  )
  assert.deepEqual(visits, [['/stock', true]])
  assert.match(text, /<p>Down &lt;tonight&gt;<\/p>[\s\S]*Continue with[\s\S]*<p>Terms<\/p>/)
})
