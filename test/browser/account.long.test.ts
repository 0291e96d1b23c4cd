import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { noChromium, openChromium, openPage } from './chromium.ts'
import { signInAtProvider } from './sign-in-by-hand.ts'
import type { TemplateService } from './template-service.ts'
import { openTwoProviders } from './two-providers.ts'

const skip = noChromium

let browser: Browser
let service: TemplateService
const running = new AsyncDisposableStack()
before(async () => {
  if (skip) return
  browser = running.use(await openChromium())
  service = running.use(await openTwoProviders())
})
after(() => running.disposeAsync())

/** A fresh browser at the account page, signed in through Keycloak. */
async function atAccount(username = 'testuser1', options: BrowserContextOptions = {}) {
  const opened = await openPage(browser, options)
  const { page } = opened
  await page.goto(`${service.url}/account`)
  await page.getByRole('link', { name: 'Sign in', exact: true }).click()
  await page.getByRole('link', { name: 'Continue with Keycloak' }).click()
  await signInAtProvider(page, username)
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  await page.waitForLoadState()
  return opened
}

const waysIn = (page: Page) => page.getByRole('region', { name: 'How you sign in' })
const places = (page: Page) => page.getByRole('region', { name: 'Where you are signed in' })

test('with several providers people choose: by keyboard alone, and come back to where they were', {
  skip,
}, async () => {
  const { page, faults } = await openPage(browser)
  await page.goto(`${service.url}/account`)
  await page.getByRole('heading', { name: 'Please sign in' }).waitFor()
  await page.getByRole('link', { name: 'Sign in', exact: true }).press('Enter')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.waitForLoadState()
  const links = page.getByRole('main').getByRole('link', { name: /^Continue/ })
  assert.deepEqual(await links.allTextContents(), ['Continue with Keycloak', 'Continue with Acme'])
  await links.first().focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await signInAtProvider(page, 'testuser2')
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  await waysIn(page).getByText('Acme').first().waitFor()
  assert.deepEqual(faults, [])
})

test('D8 an account is linked after a question and only by yes; removed, it signs in no longer', {
  skip,
}, async () => {
  const { page, faults } = await atAccount()
  assert.equal(await waysIn(page).getByRole('button', { name: 'Remove' }).count(), 0)
  const prove = async () => {
    await page.getByRole('button', { name: 'Link Acme' }).click()
    await page.getByRole('heading', { name: /Sign in|Link this account/ }).waitFor()
    if (new URL(page.url()).pathname !== '/account/link') await signInAtProvider(page)
    await page.getByRole('heading', { name: 'Link this account?' }).waitFor()
  }
  await prove()
  await page.getByText('Acme', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Do not link it' }).click()
  await page.getByText('Nothing was linked.').waitFor()
  assert.equal(await waysIn(page).getByRole('listitem').count(), 1)
  await prove()
  const asked = page.url()
  await page.getByRole('button', { name: 'Link the account' }).click()
  await page.getByText('Acme is linked.').waitFor()
  assert.equal(await waysIn(page).getByRole('listitem').count(), 2)
  await page.goto(asked)
  await page.getByRole('heading', { name: 'This question is no longer open' }).waitFor()
  await page.getByRole('link', { name: 'Go to your account' }).click()
  await page.getByRole('button', { name: 'Remove Acme, testuser1@example.com' }).click()
  await page.getByText('The account is removed.').waitFor()
  assert.equal(await waysIn(page).getByRole('listitem').count(), 1)
  assert.deepEqual(faults, [])
})

test('somebody else sees no trace of an offer, and the question needs its own person', {
  skip,
}, async () => {
  const { page } = await atAccount('testuser2')
  await page.goto(`${service.url}/account/link?offer=00000000-0000-7000-8000-000000000000`)
  await page.getByRole('heading', { name: 'This question is no longer open' }).waitFor()
  await page.goto(`${service.url}/account/link?offer=%3Cscript%3E`)
  await page.getByRole('heading', { name: 'This question is no longer open' }).waitFor()
})

test('a person sees where they are signed in, and ends it here, there and everywhere else', {
  skip,
}, async () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'
  const { page, faults } = await atAccount('testuser2')
  const other = await atAccount('testuser2', { userAgent: firefox })
  await page.reload()
  await places(page).getByText('Firefox on Linux').first().waitFor()
  await places(page).getByText('this browser').waitFor()
  await page.getByRole('button', { name: 'Sign out Firefox on Linux' }).click()
  await page.getByText('That session is over.').waitFor()
  await other.page.reload()
  await other.page.getByRole('heading', { name: 'Please sign in' }).waitFor()
  const third = await atAccount('testuser2')
  await page.reload()
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await page.getByText('You are signed out everywhere else.').waitFor()
  assert.equal(await places(page).getByRole('listitem').count(), 1)
  await third.page.reload()
  await third.page.getByRole('heading', { name: 'Please sign in' }).waitFor()
  await page.getByRole('button', { name: 'Sign out here' }).click()
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  assert.deepEqual(faults, [])
})

test('names of one long word stay inside what shows them, on a phone', { skip }, async () => {
  const { page } = await atAccount('testuser1', { viewport: { width: 390, height: 800 } })
  const shown = ['h1', 'p', 'label', '.button', '.brand', '.page-nav a', '.page-footer', '.badge']
  await page.evaluate(`for (const one of document.querySelectorAll(${JSON.stringify(shown.join())})) {
    (one.lastChild ?? one).textContent = 'Donaudampfschifffahrtsgesellschaft'.repeat(2)
  }`)
  const wide = `[...document.querySelectorAll('body *')]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > 390)
    .map((one) => one.outerHTML)`
  assert.deepEqual(await page.evaluate(wide), [])
})

test('an old sign-in is told what to do, with a link that comes back to the page it was on', {
  skip,
}, async () => {
  const { page } = await atAccount()
  await atAccount()
  // Nobody signs in through the provider after this: its clock stays behind.
  service.world.clock.advance(16 * 60_000)
  await page.reload()
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  const again = page.getByRole('link', { name: 'Confirm that it is you' })
  const href = (await again.getAttribute('href')) ?? ''
  assert.match(href, /\/auth\/web\/login\?.*return_to=%2Faccount/)
})

for (const path of ['/auth/sign-in', '/account', '/auth/web/callback?state=x&code=y', '/nowhere']) {
  test(`a phone and a desk, in light and dark: ${path} fits, reads in order and names every control`, {
    skip,
  }, async () => {
    const grounds = new Set<string>()
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [390, 1280]) {
        const { page, faults } = await openPage(browser, {
          colorScheme,
          viewport: { width, height: 800 },
        })
        await page.goto(service.url + path)
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width)
        grounds.add(
          await page.evaluate('getComputedStyle(document.documentElement).backgroundColor'),
        )
        assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1)
        assert.equal(await page.locator('a:not([href]), button:empty, a:empty').count(), 0)
        await page.keyboard.press('Tab')
        assert.equal(
          await page.evaluate('document.activeElement.textContent'),
          'Skip to the content',
        )
        assert.deepEqual(faults, [])
        await page.context().close()
      }
    }
    assert.equal(grounds.size, 2)
  })
}
