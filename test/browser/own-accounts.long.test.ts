import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { Client } from 'pg'
import type { Browser, Page } from 'playwright-core'
import type { RunningMailbox } from '../../packages/plinth/src/dev/index.ts'
import type { FakeGateway } from '../../packages/plinth/src/identity/mfa/sms-gateway.fixture.ts'
import { startGateway } from '../../packages/plinth/src/identity/mfa/sms-gateway.fixture.ts'
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
let gateway: FakeGateway
const running = new AsyncDisposableStack()
before(async () => {
  if (skip) return
  browser = running.use(await openChromium())
  mailbox = running.use(await openTestMailbox())
  gateway = running.use(await startGateway())
  service = running.use(
    await openTemplateService({
      settings: {
        'accounts.registration': 'open',
        'notify.smtp.host': '127.0.0.1',
        'notify.smtp.port': Number(new URL(mailbox.smtpUrl).port),
        'notify.smtp.tls': 'none',
        ...gateway.settings,
        'mfa.sms.countries': ['+49'],
        'mfa.required_roles': ['platform'],
      },
    }),
  )
})
after(() => running.disposeAsync())

/** Somebody new, by the pages alone; the browser stands on the account page. */
async function newcomer(email: string) {
  const opened = await openPage(browser)
  const { page } = opened
  await page.goto(`${service.url}/auth/sign-in?return_to=/account`)
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByLabel('First name').fill('Ana')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  const link = await mailedLink({ service, mailbox, address: email }, async () => {
    await page.getByRole('button', { name: 'Create the account' }).click()
    await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
  })
  await page.goto(link)
  assert.equal(await page.evaluate('location.hash'), '', 'the token stays in no address')
  await page.getByRole('button', { name: 'Confirm the address' }).click()
  await page.getByText('Your address is confirmed.').waitFor()
  await signIn(page, email)
  await page.goto(`${service.url}/account`)
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  return opened
}

async function signIn(page: Page, email: string, password = PASSWORD) {
  await page.goto(`${service.url}/auth/sign-in?return_to=/account`)
  await page.getByLabel('E-mail or user name').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL((url) => url.pathname !== '/auth/sign-in')
}

async function signOut(page: Page) {
  await page.getByRole('button', { name: 'Sign out here' }).click()
  await page.getByRole('heading', { name: 'Please sign in' }).waitFor()
}

const factors = (page: Page) => page.getByRole('region', { name: 'Second factors' })

/** Sets an authenticator app up on the account page; answers its secret and the recovery codes. */
async function setUpApp(page: Page) {
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click()
  const picture = page.getByRole('img', { name: 'QR code' })
  await picture.waitFor()
  await page.waitForFunction("document.querySelector('.qr').naturalWidth > 50")
  const secret = (await page.locator('[data-fill="secret"]').textContent()) ?? ''
  await page.getByLabel('Code').first().fill(codeOf(secret))
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor()
  assert.equal(await picture.count(), 0, 'the secret is not shown any longer')
  assert.equal(await factors(page).getByText('no second factor yet').isVisible(), false)
  const recovery = await page.locator('.codes li').allTextContents()
  assert.equal(recovery.length, 10)
  await page.getByRole('link', { name: 'I have kept them' }).click()
  await factors(page).getByText('Authenticator app').first().waitFor()
  return { secret, recovery }
}

const STEP_MS = 30_000

/** What the app shows next: each code works once, and one that begins now works for longest. */
function codeOf(secret: string): string {
  const { clock } = service.world
  clock.advance(STEP_MS - (clock.now() % STEP_MS))
  const timestamp = clock.now()
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp })
}

test('ASVS 14.2.1: where no script runs, a password goes into no address, and the page says why nothing happened', {
  skip,
}, async () => {
  const { page } = await openPage(browser, { javaScriptEnabled: false })
  await page.goto(`${service.url}/auth/sign-in?return_to=/account`)
  await page.locator('noscript .notice').waitFor()
  await page.getByLabel('E-mail or user name').fill('ana@example.com')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByLabel('Password').press('Enter')
  await page.getByRole('heading', { name: 'This form was not sent' }).waitFor()
  assert.equal(page.url(), `${service.url}/auth/web/login`)
  await page.getByText('nothing was changed').waitFor()
})

test('D22 MF-15 from a new account by mail to a second factor: the pages alone lead all the way', {
  skip,
}, async () => {
  const { page, faults } = await newcomer('ana@example.com')
  await page.getByText('You have no second factor yet.').waitFor()
  const { secret, recovery } = await setUpApp(page)
  await signOut(page)

  await signIn(page, 'ana@example.com')
  await page.getByRole('heading', { name: 'One more step' }).waitFor()
  await page.getByLabel('Code from your authenticator app').fill('000000')
  await page.keyboard.press('Enter')
  await page.getByText('This is not right, or was used before.').waitFor()
  await page.getByLabel('Code from your authenticator app').fill(codeOf(secret))
  await page.getByLabel('Do not ask again in this browser').check()
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  await factors(page).getByText('Browsers that are not asked').waitFor()

  await signOut(page)
  await signIn(page, 'ana@example.com')
  await page.getByRole('heading', { name: 'Your account' }).waitFor()

  const other = await openPage(browser)
  await signIn(other.page, 'ana@example.com')
  await other.page.getByLabel('Code').fill(recovery[0] ?? '')
  await other.page.getByRole('button', { name: 'Go on' }).click()
  await other.page.getByRole('heading', { name: 'Your account' }).waitFor()
  await factors(other.page).getByText('9 are left').waitFor()
  assert.deepEqual([...faults, ...other.faults], [])
})

/** Asks for codes at a number, on whatever page it is offered, and types the first one. */
async function setUpSms(page: Page, phone: string) {
  await page.getByText('Use codes by SMS').click()
  await page.getByLabel('Telephone number').fill('+1 555 123 4567')
  await page.getByRole('button', { name: 'Send a code', exact: true }).click()
  await page.getByText('Codes are not sent to numbers of this country.').waitFor()
  await page.getByLabel('Telephone number').fill(phone)
  await page.getByRole('button', { name: 'Send a code', exact: true }).click()
  await page.getByRole('heading', { name: 'Type the code that you got' }).waitFor()
  await page.getByText(shown(phone)).waitFor()
  await page
    .getByLabel('Code')
    .last()
    .fill(await textedCode(phone))
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor()
  assert.equal(await page.locator('.codes li').count(), 10)
  await page.getByRole('link', { name: 'I have kept them' }).click()
  await factors(page).getByText(phone).waitFor()
}

/** The code of the newest SMS to a number, after the service has sent what waits. */
async function textedCode(phone: string): Promise<string> {
  await service.world.drainJobs()
  const sms = gateway.received.findLast(({ to }) => to === phone)
  return /\b\d{6}\b/.exec(sms?.text ?? '')?.[0] ?? `no SMS to ${phone}`
}

/** How a page shows a number. */
const shown = (phone: string) => `${phone.slice(0, 3)}••••••${phone.slice(-2)}`

/** Signs in with the password and a code by SMS. */
async function signInBySms(page: Page, { email, phone }: { email: string; phone: string }) {
  await signIn(page, email)
  await page.getByRole('button', { name: `Send a code by SMS to ${shown(phone)}` }).click()
  await page.getByText(`A code is on its way to ${shown(phone)}.`).waitFor()
  await page.getByLabel('Code').fill(await textedCode(phone))
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
}

test('D13 MF-20 codes by SMS are set up on the account page, asked for at the next sign-in, and given up', {
  skip,
}, async () => {
  const [email, phone] = ['fay@example.com', '+4915112345678']
  const { page, faults } = await newcomer(email)
  await setUpSms(page, phone)
  await signOut(page)
  await signInBySms(page, { email, phone })
  await page.getByRole('button', { name: 'Remove Codes by SMS' }).click()
  await page.getByText('The second factor is removed.').waitFor()
  await page.getByText('You have no second factor yet.').waitFor()
  assert.deepEqual([...new Set(gateway.received.map(({ to }) => to))], [phone])
  assert.deepEqual(faults, [])
})

/** Makes somebody one of those of whom this service demands a second factor. */
async function makePlatformAdministrator(email: string): Promise<void> {
  const client = new Client(service.world.testDatabase.adminUrl)
  await client.connect()
  await client.query(
    `insert into plinth.platform_roles (person_id, permissions)
     select id, array['platform:*'] from plinth.people where email = $1`,
    [email],
  )
  await client.end()
}

test('MF-11 D13 whoever needs a second factor sets codes by SMS up on the way in', {
  skip,
}, async () => {
  const [email, phone] = ['gil@example.com', '+4915187654321']
  const { page, faults } = await newcomer(email)
  await signOut(page)
  await makePlatformAdministrator(email)
  await signIn(page, email)
  await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor()
  await setUpSms(page, phone)
  await signOut(page)
  await signInBySms(page, { email, phone })
  await page.getByRole('button', { name: 'Remove Codes by SMS' }).click()
  await page.getByText('this is your only one').waitFor()
  assert.deepEqual(faults, [])
})

test('MF-34 an old sign-in confirms with its factor on a page, and comes back to where it was', {
  skip,
}, async () => {
  const { page, faults } = await newcomer('ben@example.com')
  const { secret } = await setUpApp(page)
  service.world.clock.advance(16 * 60_000)
  await page.reload()
  await page.getByRole('button', { name: 'Remove Authenticator app' }).click()
  await page.getByRole('link', { name: 'Confirm that it is you' }).click()
  await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
  assert.equal(await page.getByLabel('Password').count(), 0)
  await page.getByLabel('Code').fill(codeOf(secret))
  await page.getByRole('button', { name: 'Confirm with the code' }).click()
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  await page.getByRole('button', { name: 'Remove Authenticator app' }).click()
  await page.getByText('The second factor is removed.').waitFor()
  service.world.clock.advance(16 * 60_000)
  await page.reload()
  await page.getByRole('button', { name: 'Set up an authenticator app' }).click()
  await page.getByRole('link', { name: 'Confirm that it is you' }).click()
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Confirm with the password' }).click()
  await page.getByText('You can go on now.').waitFor()
  assert.deepEqual(faults, [])
})

test('a passkey is the second step after a password, and the only question then', {
  skip,
}, async () => {
  const { page, faults } = await newcomer('cleo@example.com')
  const device = await plugIn(page)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor()
  await page.getByRole('link', { name: 'I have kept them' }).click()
  await signOut(page)
  await signIn(page, 'cleo@example.com')
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  service.world.clock.advance(16 * 60_000)
  await page.reload()
  await page.getByRole('button', { name: 'Remove Chrome on Linux' }).click()
  await page.getByRole('link', { name: 'Confirm that it is you' }).click()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  await page.getByRole('button', { name: 'Remove Chrome on Linux' }).click()
  await page.getByText('The passkey is removed.').waitFor()
  assert.equal(await device.count(), 1)
  assert.deepEqual(faults, [])
})

test('MF-45 a forgotten password is set anew by a link that works once', { skip }, async () => {
  const { page, faults } = await newcomer('dora@example.com')
  await signOut(page)
  await page.goto(`${service.url}/auth/sign-in`)
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByLabel('E-mail or user name').fill('dora@example.com')
  const link = await mailedLink({ service, mailbox, address: 'dora@example.com' }, async () => {
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor()
  })
  await page.goto(`${service.url}/auth/reset-password`)
  await page.getByText('This page works with a link from a mail.').waitFor()
  await page.goto(link)
  await page.getByText('This page works with a link from a mail.').waitFor({ state: 'detached' })
  await page.getByRole('textbox', { name: 'New password' }).fill('password1234')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByText('Not saved yet').waitFor()
  await page.getByRole('textbox', { name: 'New password' }).fill('quite another lamp of mine')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByText('The new password is set.').waitFor()
  await signIn(page, 'dora@example.com', 'quite another lamp of mine')
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  const other = await openPage(browser)
  await other.page.goto(link)
  await other.page.getByRole('textbox', { name: 'New password' }).fill('a third lamp that shines')
  await other.page.getByRole('button', { name: 'Set the password' }).click()
  await other.page.getByText('This link is not valid, or not any more.').waitFor()
  assert.deepEqual([...faults, ...other.faults], [])
})

test('a wrong name and a wrong password are one sentence, and the page stays', {
  skip,
}, async () => {
  const { page } = await openPage(browser)
  await page.goto(`${service.url}/auth/sign-in`)
  await page.getByLabel('E-mail or user name').fill('nobody@example.com')
  await page.getByLabel('Password').fill('wrong')
  await page.keyboard.press('Enter')
  await page.getByText('Name and password do not fit together.').waitFor()
  assert.equal(await page.getByLabel('E-mail or user name').inputValue(), 'nobody@example.com')
})

/** Whether every control of a page has a label or a text. */
const ALL_NAMED = `[...document.querySelectorAll('input:not([type=hidden], [hidden]), button, summary, a')]
  .every((one) => (one.labels?.length ?? 0) > 0 || one.textContent.trim() !== '')`

const PAGES = [
  '/auth/sign-in',
  '/auth/sign-up',
  '/auth/forgot-password',
  '/auth/verify-email',
  '/auth/reset-password',
  '/auth/second-factor',
  '/invitation',
  '/account',
  '/auth/confirm',
]

test('a phone and a desk, in light and dark: every page fits, and each control has a name', {
  skip,
}, async () => {
  const { page } = await newcomer('eve@example.com')
  const state = await page.context().storageState()
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      const viewport = { width, height: 800 }
      const seen = await openPage(browser, { colorScheme, viewport, storageState: state })
      for (const path of PAGES) {
        await seen.page.goto(service.url + path)
        const at = `${path} at ${width}, ${colorScheme}`
        assert.equal(await seen.page.evaluate('document.documentElement.scrollWidth'), width, at)
        assert.equal(await seen.page.getByRole('heading', { level: 1 }).count(), 1, at)
        assert.equal(await seen.page.evaluate(ALL_NAMED), true, at)
      }
      assert.deepEqual(seen.faults, [])
      await seen.page.context().close()
    }
  }
})
