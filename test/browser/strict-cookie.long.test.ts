import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noChromium, openChromium, openPage } from './chromium.ts'
import { sessionCookie, signInAt, signInAtProvider } from './sign-in-by-hand.ts'
import { openTemplateService } from './template-service.ts'

test('D19 v5.0.0-V3.3.2 SameSite=Strict: a provider on another site, and the first page is signed in', {
  skip: noChromium,
}, async () => {
  await using service = await openTemplateService({
    host: '127.0.0.1',
    settings: { 'app.session_cookie.same_site': 'strict' },
  })
  await using browser = await openChromium()
  const { page, faults } = await openPage(browser)
  // Waits for the greeting on the page that the sign-in itself leads to.
  await signInAt(page, service.url)
  assert.equal((await sessionCookie(page, service.url)).sameSite, 'Strict')
  // A proof of one's own account at that provider, as linking asks for it, finds the session too.
  await page.goto(`${service.url}/auth/web/login?prompt=login&return_to=/account`)
  await signInAtProvider(page)
  await page.waitForURL(`${service.url}/account`)
  await page
    .getByRole('heading', { name: /account/i })
    .first()
    .waitFor()
  assert.deepEqual(faults, [])
})
