import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { noChromium, openChromium, openPage } from './chromium.ts'
import { signInAtProvider } from './sign-in-by-hand.ts'
import type { TemplateService } from './template-service.ts'
import { openTemplateService } from './template-service.ts'
import { plugIn } from './virtual-authenticator.ts'

const skip = noChromium

let browser: Browser
let service: TemplateService
const running = new AsyncDisposableStack()
before(async () => {
  if (skip) return
  browser = running.use(await openChromium())
  service = running.use(await openTemplateService())
})
after(() => running.disposeAsync())

async function atAccount(username: string) {
  const opened = await openPage(browser)
  const { page } = opened
  await page.goto(`${service.url}/auth/sign-in?return_to=/account`)
  await page.getByRole('link', { name: 'Continue with Keycloak' }).click()
  await signInAtProvider(page, username)
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  return opened
}

/** The first passkey comes with recovery codes. */
async function keepCodes(page: Page) {
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor()
  await page.getByRole('link', { name: 'I have kept them' }).click()
  await page.getByText('You have no passkey yet.').waitFor({ state: 'detached' })
}

const passkeys = (page: Page) => page.getByRole('region', { name: 'Passkeys' })

test('D23 a passkey is added, renamed, signs in without a name in another browser, and is removed', {
  skip,
}, async () => {
  const { page, faults } = await atAccount('testuser1')
  const device = await plugIn(page)
  await passkeys(page).getByText('You have no passkey yet.').waitFor()
  await page.getByLabel('Name of the new passkey').fill('Blue phone')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await keepCodes(page)
  assert.equal(await device.count(), 1)
  await page.getByText('Rename Blue phone').click()
  await page.getByLabel('New name').fill('Old phone')
  await page.getByRole('button', { name: 'Save the name' }).press('Enter')
  await page.getByText('The passkey has a new name.').waitFor()
  await passkeys(page).getByText('Old phone').first().waitFor()

  const other = await openPage(browser)
  await device.moveTo(other.page)
  await other.page.goto(`${service.url}/auth/sign-in?return_to=/account`)
  await other.page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await other.page.getByRole('heading', { name: 'Your account' }).waitFor()
  await passkeys(other.page).getByText('last used').waitFor()

  await other.page.getByRole('button', { name: 'Remove Old phone' }).click()
  await other.page.getByText('The passkey is removed.').waitFor()
  await passkeys(other.page).getByText('You have no passkey yet.').waitFor()
  await other.page.getByRole('button', { name: 'Sign out here' }).click()
  await other.page.getByRole('heading', { name: 'Please sign in' }).waitFor()
  await other.page.goto(`${service.url}/auth/sign-in`)
  await other.page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await other.page.getByText('This passkey did not sign you in.').waitFor()
  assert.deepEqual([...faults, ...other.faults], [])
})

test('a device that cannot help is told in one sentence, and the page goes on', {
  skip,
}, async () => {
  const { page } = await atAccount('testuser2')
  const device = await plugIn(page)
  const add = page.getByRole('button', { name: 'Add a passkey' })
  await device.setUserVerified(false)
  await add.click()
  await passkeys(page).getByText('No passkey was used.').waitFor()
  await device.setUserVerified(true)
  await add.click()
  await keepCodes(page)
  await add.click()
  await passkeys(page).getByText('This device has a passkey of yours already.').waitFor()
  assert.equal(await device.count(), 1)
})
