import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { RunningMailbox } from '../../packages/plinth/src/dev/index.ts'
import { openTestMailbox } from '../../packages/plinth/src/testing/mailbox.ts'
import { noChromium, openChromium, openPage } from './chromium.ts'
import { mailedLink } from './mailed-link.ts'
import type { TemplateService } from './template-service.ts'
import { openTemplateService } from './template-service.ts'
import { plugIn } from './virtual-authenticator.ts'

const skip = noChromium
const PASSWORD = 'a lamp that nobody guesses'

let browser: Browser
let service: TemplateService
let mailbox: RunningMailbox & AsyncDisposable
const running = new AsyncDisposableStack()
before(async () => {
  if (skip) return
  browser = running.use(await openChromium())
  mailbox = running.use(await openTestMailbox())
  service = running.use(
    await openTemplateService({
      settings: {
        'tenancy.mode': 'organisations',
        'mfa.required_roles': ['admin'],
        'notify.smtp.host': '127.0.0.1',
        'notify.smtp.port': Number(new URL(mailbox.smtpUrl).port),
        'notify.smtp.tls': 'none',
      },
    }),
  )
})
after(() => running.disposeAsync())

/** Asks an address into a tenant; answers the link that was sent. */
async function invite(email: string, { tenant = 'acme', role = 'member' } = {}): Promise<string> {
  const owner = await service.world.signIn(`owner-of-${tenant}`, { tenant })
  return mailedLink({ service, mailbox, address: email }, async () => {
    const asked = await owner.post(`/tenants/${tenant}/invitations`, { email, role })
    assert.equal(asked.status, 201, JSON.stringify(asked.body))
  })
}

/** What the page says of an invitation. */
async function facts(page: Page): Promise<string> {
  await page.locator('dl.facts').waitFor()
  return (await page.locator('dl.facts').innerText()).replaceAll(/\s+/g, ' ')
}

async function accept(page: Page): Promise<void> {
  await page.getByLabel('First name').fill('Ana')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create an account and join' }).click()
}

test('MF-48 an invitation says who asks, and whom, before anybody joins; then it is used up', {
  skip,
}, async () => {
  const link = await invite('ana@example.com')
  const { page, faults } = await openPage(browser)
  await page.goto(link)
  assert.match(await facts(page), /Organisation acme Sent to ana@example\.com Open until \d/i)
  await accept(page)
  await page.getByText('Your account is there, and you have joined.').waitFor()
  await page.goto(`${service.url}/account`)
  await page.getByText('Ana, ana@example.com', { exact: true }).waitFor()

  const late = await openPage(browser)
  await late.page.goto(link)
  await late.page.getByText('not valid').waitFor()
  assert.equal(await late.page.getByLabel('Password').isVisible(), false)
  await late.page.goto(`${service.url}/invitation`)
  await late.page.getByText('not valid').waitFor()
  assert.deepEqual([...faults, ...late.faults], [])
})

test('MF-48 the page of invitations without a link says so, signed in or not', {
  skip,
}, async () => {
  for (const signedIn of [false, true]) {
    const { page } = await openPage(browser)
    if (signedIn) {
      const ana = await service.world.signIn('ana-without-a-link')
      const cookies = [...ana.cookies].map(([name, value]) => ({ name, value, url: service.url }))
      await page.context().addCookies(cookies)
    }
    await page.goto(`${service.url}/invitation`)
    await page.getByText('This page works with a link from a mail.').waitFor()
    assert.equal(await page.getByRole('button').count(), 0)
  }
})

test('MF-47 MF-48 whoever has an account signs in first; as somebody else nobody joins', {
  skip,
}, async () => {
  const first = await openPage(browser)
  await first.page.goto(await invite('ben@example.com'))
  await accept(first.page)
  await first.page.getByText('you have joined.').waitFor()

  const link = await invite('ben@example.com', { tenant: 'globex' })
  const stranger = await openPage(browser)
  await stranger.page.goto(link)
  await stranger.page.getByText('Sign in with the account that has this address').waitFor()
  assert.equal(await stranger.page.getByLabel('First name').count(), 0)
  await stranger.page.getByRole('link', { name: 'Sign in', exact: true }).click()
  await stranger.page.getByLabel('E-mail or user name').fill('ben@example.com')
  await stranger.page.getByLabel('Password').fill(PASSWORD)
  await stranger.page.getByRole('button', { name: 'Sign in', exact: true }).click()
  assert.match(await facts(stranger.page), /Organisation globex/i)
  await stranger.page.getByText('(ben@example.com), and join with this account').waitFor()

  const other = await openPage(browser)
  await other.page.goto(await invite('cleo@example.com'))
  await accept(other.page)
  await other.page.getByText('you have joined.').waitFor()
  await other.page.goto(link)
  await other.page.getByRole('button', { name: 'Join' }).click()
  await other.page.getByText('for another e-mail address').waitFor()

  await stranger.page.getByRole('button', { name: 'Join' }).click()
  await stranger.page.getByText('You have joined.').waitFor()
  assert.deepEqual([...first.faults, ...stranger.faults, ...other.faults], [])
})

test('MF-11 D13 whoever needs a second factor makes a passkey on the way in, and the sign-in page offers it', {
  skip,
}, async () => {
  const { page, faults } = await openPage(browser)
  const device = await plugIn(page)
  await page.goto(await invite('dora@example.com', { role: 'admin' }))
  await accept(page)
  await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor()
  await page.getByRole('button', { name: 'Make a passkey' }).click()
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor()
  assert.equal(await device.count(), 1)
  await page.getByRole('link', { name: 'I have kept them' }).click()
  await page.waitForURL(`${service.url}/`)
  await page.goto(`${service.url}/account`)
  await page.getByText('Ana, dora@example.com').waitFor()

  const signInPage = `${service.url}/auth/sign-in?return_to=/account`
  const visitor = await openPage(browser)
  await visitor.page.goto(signInPage)
  const field = visitor.page.getByLabel('E-mail or user name')
  assert.equal(await field.getAttribute('autocomplete'), 'username webauthn')

  // A browser that offers what its device holds where the name is typed: its page is left at once.
  const other = await openPage(browser)
  await device.moveTo(other.page, { offered: true })
  const asked = other.page.waitForRequest('**/auth/passkeys/authentication/options')
  await Promise.all([asked, other.page.goto(signInPage, { waitUntil: 'commit' })])
  await other.page.getByText('Ana, dora@example.com').waitFor()
  assert.deepEqual([...faults, ...other.faults], [])
})
