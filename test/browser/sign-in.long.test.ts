import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { noChromium, openChromium, openPage } from './chromium.ts'
import { sessionCookie, signInAtProvider } from './sign-in-by-hand.ts'
import { openTemplateService } from './template-service.ts'

test('a person signs in, sees the session, adds a product, reads the API documents and signs out', {
  skip: noChromium,
}, async () => {
  await using service = await openTemplateService()
  await using browser = await openChromium()
  const { page, faults } = await openPage(browser)

  await page.goto(service.url)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Continue with Keycloak' }).click()
  await signInAtProvider(page)
  await seeSession(page)
  await addProduct(page)

  await page.getByRole('link', { name: 'API' }).click()
  await readDown(page, '/api/v1/products')

  await page.goto(service.url)
  const { name, value } = await sessionCookie(page, service.url)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  const left = (await page.context().cookies(service.url)).map(({ name }) => name)
  // The sign-in page offers passkeys: that is for the next one who signs in.
  assert.deepEqual(
    left.filter((name) => name !== 'passkey_browser'),
    [],
  )
  assert.equal(await opensSession(service.url, `${name}=${value}`), false)

  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Continue with Keycloak' }).click()
  await page.getByLabel('Password').waitFor()
  assert.deepEqual(faults, [])
})

/** The page of documents shows what is in sight, and more as somebody scrolls. */
async function readDown(page: Page, text: string): Promise<void> {
  const found = page.getByText(text, { exact: true }).first()
  // By far the heaviest page: its program is larger than all others together.
  await page.locator('.opblock').first().waitFor({ timeout: 240_000 })
  for (let tries = 1; tries < 300 && !(await found.isVisible()); tries++) {
    // From the top again now and then: what came slowly may lie above by now.
    await page.mouse.wheel(0, tries % 20 === 0 ? -100_000 : 1_000)
    await page.waitForTimeout(200)
  }
  assert.ok(await found.isVisible(), text)
}

async function seeSession(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Hello, Test User One' }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/')
  const session = page.getByRole('region', { name: 'Your session' })
  for (const fact of ['Test User One', 'testuser1@example.com', 'everything']) {
    await session.getByText(fact).waitFor()
  }
}

async function addProduct(page: Page): Promise<void> {
  await page.getByText('No products yet.').waitFor()
  await page.getByLabel('SKU').fill('LAMP-01')
  await page.getByLabel('Name').fill('<b>Reading</b> lamp')
  await page.getByLabel('Price').fill('129.50')
  await page.getByRole('button', { name: 'Add product' }).click()
  await page.getByText('Product added.').waitFor()
  await page.getByRole('row', { name: 'LAMP-01 <b>Reading</b> lamp 129.50' }).waitFor()
}

/** Whether a cookie that somebody kept still opens the session. */
async function opensSession(url: string, cookie: string): Promise<boolean> {
  const answer = await fetch(`${url}/auth/web/me`, { headers: { cookie } })
  const me = (await answer.json()) as { authenticated: boolean }
  return me.authenticated
}
