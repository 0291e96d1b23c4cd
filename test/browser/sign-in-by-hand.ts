import type { Page } from 'playwright-core'

/** Fills in the form of the development provider, on whose page the browser is. */
export async function signInAtProvider(page: Page, username = 'testuser1'): Promise<void> {
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password').fill('password123')
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Signs in from the service's start page. */
export async function signInAt(page: Page, url: string, username?: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page
    .getByRole('link', { name: /^Continue with/ })
    .first()
    .click()
  await signInAtProvider(page, username)
  await page.getByRole('heading', { name: /^Hello/ }).waitFor()
}
