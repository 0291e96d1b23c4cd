import assert from 'node:assert/strict'
import { test } from 'node:test'
import { feature } from '../feature/index.ts'
import type { ShownWaiting } from '../identity/index.ts'
import { createPages } from '../pages/index.ts'
import { openHttp } from '../testing/http-harness.ts'
import { joinPages } from './join-pages.ts'
import { passwordPages } from './password-pages.ts'
import { secondFactorPage } from './second-factor-page.ts'

const HOSTILE = `"><script>alert(1)</script>`

async function visit(path: string, waiting?: ShownWaiting, registration = true) {
  const pages = createPages({ service: 'Shop' })
  const { renderPage, renderProblemPage } = pages
  const ways = { password: true, passkey: true, registration }
  const returnTo = (asked: unknown) => (asked === '/stock' ? asked : '/')
  const people = feature('people', {
    routes: [
      secondFactorPage({ waiting: async () => waiting, returnTo }),
      joinPages({ service: 'Shop', ways, returnTo }),
      passwordPages(),
    ],
  })
  await using http = await openHttp([pages.feature, people], { renderPage, renderProblemPage })
  const answer = await fetch(http.url + path, { headers: { accept: 'text/html' } })
  return { status: answer.status, text: await answer.text() }
}

const PAGE = '/auth/second-factor?return_to=/stock'
const way = (kind: string, sentTo: string | null = null) => ({
  kind,
  id: sentTo === null ? null : '0198f0e4-0000-7000-8000-000000000000',
  sentTo,
})

test('the second step offers each way that the person has, and says where a code goes', async () => {
  const ways = [way('passkey'), way('totp'), way('sms', `••${HOSTILE}`), way('recovery')]
  const { status, text } = await visit(PAGE, { wants: 'factor', ways, rememberDays: 30 })
  assert.equal(status, 200)
  assert.match(
    text,
    /data-passkey="get" data-as="passkey" data-options="\/auth\/mfa\/passkey-options"/,
  )
  assert.match(text, /Code from your authenticator app/)
  assert.match(text, /A recovery code works too/)
  assert.match(text, /Send a code by SMS to ••&quot;&gt;&lt;script&gt;/)
  assert.match(text, /name="remember_device"[\s\S]*for 30 days/)
  assert.match(text, /name="return_to" value="\/stock"/)
  assert.doesNotMatch(text, /<script>alert/)
})

test('with a passkey alone no code is asked for, and where nothing is remembered nothing is offered', async () => {
  const passkey = { wants: 'factor', ways: [way('passkey')], rememberDays: 0 } as const
  const { text } = await visit(PAGE, passkey)
  assert.doesNotMatch(text, /name="code"|remember_device|class="or"/)
  const recovery = { ...passkey, ways: [way('recovery')] }
  assert.match((await visit(PAGE, recovery)).text, /One of the recovery codes that you kept/)
})

test('whoever needs a factor and has none sets one up on the way in', async () => {
  const ways = [way('totp'), way('email')]
  const { text } = await visit(PAGE, { wants: 'enrolment', ways, rememberDays: 0 })
  assert.match(text, /Set up a second factor/)
  assert.match(text, /action="\/auth\/mfa\/enrolment" data-show="show-app"/)
  assert.match(
    text,
    /action="\/auth\/web\/mfa" data-show="show-codes" data-show-if="recovery_codes"/,
  )
  const confirming =
    /name="method_id" data-fill="method_id">\s*<input type="hidden" name="return_to" value="\/stock">/g
  assert.equal(text.match(confirming)?.length, 2, 'by an app and by a code that was sent')
  assert.doesNotMatch(text, /codes by SMS/)
})

test('a sign-in that is over leads to a new one', async () => {
  const { status, text } = await visit(PAGE)
  assert.equal(status, 200)
  assert.match(text, /This sign-in is over[\s\S]*href="\/auth\/sign-in">Sign in/)
})

test('MF-45 the pages that links in mails lead to wait for a click', async () => {
  for (const path of ['/auth/verify-email', '/auth/reset-password']) {
    const { status, text } = await visit(path)
    assert.equal(status, 200)
    assert.match(text, /<input type="hidden" name="token" data-link>/)
    assert.match(text, /need JavaScript/)
  }
})

test('where accounts are made by invitation the page says so', async () => {
  assert.match((await visit('/auth/sign-up')).text, /action="\/auth\/register"/)
  const { text } = await visit('/auth/sign-up', undefined, false)
  assert.match(text, /Accounts are made by invitation/)
  assert.doesNotMatch(text, /<form/)
})

test('ASVS 6.2.6, 6.2.7: passwords are masked, and managers may fill them in', async () => {
  const { text } = await visit('/auth/sign-up')
  assert.match(text, /name="password" type="password" autocomplete="new-password"/)
  assert.match(text, /name="email" type="email" autocomplete="username"/)
})
