import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oidcSettings, signInChoices } from '../identity/index.ts'
import { newId } from '../kernel/index.ts'
import { createPages } from '../pages/index.ts'
import { openHttp } from '../testing/http-harness.ts'
import { webFeature } from './index.ts'

const client = { client_id: 'me', client_secret: 'its-secret' }
const google = { ...client, issuer: 'https://accounts.google.com' }
const keycloak = { ...client, issuer: 'http://localhost:8080/realms/test-realm', dev_only: true }
const own = { ...client, issuer: 'https://sso.example', label: 'Acme <SSO>' }
const idle = { issuer: 'https://idle.example' }

const choicesOf = (providers: object, production = false) =>
  signInChoices(oidcSettings.parse({ providers, default_provider: 'google' }), production)

async function signInPage(
  providers: object,
  path = '/auth/sign-in',
  headers: Record<string, string> = {},
) {
  const signedIn = headers['cookie'] !== undefined
  const pages = createPages({ service: 'Shop & Co' })
  const web = webFeature({
    service: 'Shop & Co',
    choices: choicesOf(providers),
    linkOffer: async () => undefined,
    account: async () => ({ identities: [], devices: [] }),
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
