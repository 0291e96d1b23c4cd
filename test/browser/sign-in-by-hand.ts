import assert from 'node:assert/strict'
import type { Cookie, Page } from 'playwright-core'

/** Fills in the form of the development provider, on whose page the browser is. */
export async function signInAtProvider(page: Page, username = 'testuser1'): Promise<void> {
  const name = page.getByLabel('User name', { exact: true })
  await name.waitFor().catch(async (cause: unknown) => {
    const said = await page.locator('body').innerText()
    throw new Error(`No form of the provider; ${page.url()} says: ${said}`, { cause })
  })
  await name.fill(username)
  await page.getByLabel('Password').fill('password123')
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Signs in from the service's start page, to which that leads back; all of it is there then. */
export async function signInAt(page: Page, url: string, username?: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page
    .getByRole('link', { name: /^Continue with/ })
    .first()
    .click()
  await signInAtProvider(page, username)
  await page.getByRole('heading', { name: /^Hello/ }).waitFor()
  await page.waitForLoadState()
}

/** The cookie of the session at a service. */
export async function sessionCookie(page: Page, url: string): Promise<Cookie> {
  const cookies = await page.context().cookies(url)
  const found = cookies.find(({ name }) => name.endsWith('user_session_id'))
  assert.ok(found, `no session among the cookies: ${cookies.map(({ name }) => name)}`)
  return found
}
