import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noChromium, openChromium, openPage } from './chromium.ts'
import { signInAt } from './sign-in-by-hand.ts'
import { openTemplateService } from './template-service.ts'

test('in a service of organisations a newcomer makes one on the page at / and enters it', {
  skip: noChromium,
}, async () => {
  await using service = await openTemplateService({
    settings: { 'tenancy.mode': 'organisations' },
  })
  const browser = await openChromium()
  try {
    const { page, faults } = await openPage(browser)
    await signInAt(page, service.url)
    await page.getByText('in no organisation yet').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('Acme Ltd.')
    await page.getByLabel('Short name', { exact: true }).fill('acme')
    await page.getByRole('button', { name: 'Create it' }).click()
    await page.getByText('Enter it by its short name.').waitFor()
    await page.getByLabel('Its short name').fill('acme')
    await page.getByRole('button', { name: 'Enter it' }).click()
    await page.getByText('You have entered it.').waitFor()
    await page.getByRole('button', { name: 'Add product' }).waitFor()
    assert.deepEqual(faults, [])
  } finally {
    await browser.close()
  }
})
