import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { CallClient } from './call-client.ts'
import { callClient } from './call-client.ts'
import { noChromium, openChromium, openPage, openPermissive, watch } from './chromium.ts'
import type { FrontEnd } from './front-end.ts'
import { openFrontEnd } from './front-end.ts'
import { openSecureService } from './secure-service.ts'
import { sessionCookie, signInAtProvider } from './sign-in-by-hand.ts'
import type { TemplateService } from './template-service.ts'

const skip = noChromium
const PRODUCTS = '/api/v1/products'

let listed: FrontEnd
let unlisted: FrontEnd
let service: TemplateService
const running = new AsyncDisposableStack()
before(async () => {
  if (skip) return
  listed = running.use(await openFrontEnd('127.0.0.1'))
  unlisted = running.use(await openFrontEnd('127.0.0.1'))
  service = running.use(
    await openSecureService({
      settings: {
        'app.session_cookie.same_site': 'none',
        'app.cors.origins': [listed.origin],
        'oidc.allowed_redirect_hosts': [listed.origin],
      },
    }),
  )
})
after(() => running.disposeAsync())

const call: CallClient = (page, method, ...args) => callClient(page, service.url, method, ...args)

async function signInFrom(page: Page): Promise<void> {
  await page.goto(`${listed.origin}/shop`)
  await call(page, 'login', 'default', `${listed.origin}/shop`)
  await signInAtProvider(page)
  await page.waitForURL(`${listed.origin}/shop`)
}

test('v5.0.0-V3.3.1 v5.0.0-V3.3.3 D19 a front end on another site: SameSite=None over https, signed in, writing, and nobody else', {
  skip,
}, async () => {
  await using browser = await openPermissive({ ignoreHTTPSErrors: true })
  const { page, faults } = watch(await browser.window.newPage())
  await signInFrom(page)
  const cookie = await sessionCookie(page, service.url)
  assert.deepEqual(
    [cookie.name, cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.path, cookie.domain],
    ['__Host-user_session_id', true, true, 'None', '/', 'localhost'],
  )
  const { value } = await call(page, 'me')
  assert.equal((value as { authenticated: boolean }).authenticated, true)
  const lamp = { sku: 'FAR-1', name: 'Lamp', price: 1 }
  assert.equal((await call(page, 'call', 'POST', PRODUCTS, lamp)).error, undefined)
  assert.equal((await call(page, 'refreshSession')).value, true)
  assert.deepEqual(faults, [])

  await page.goto(unlisted.origin)
  assert.equal((await call(page, 'me')).error?.name, 'UnreachableError')
  const sent = await page.evaluate(async (url) => {
    const init = { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' } as const
    return fetch(url, init).then(
      () => 'answered',
      () => 'hidden',
    )
  }, `${service.url}/auth/web/logout`)
  assert.equal(sent, 'hidden')
  await page.goto(listed.origin)
  const still = await call(page, 'me')
  assert.equal((still.value as { authenticated: boolean }).authenticated, true)
  assert.equal((await call(page, 'logout', { navigate: false })).error, undefined)
  assert.deepEqual(await page.context().cookies(service.url), [])
})

test('a browser that withholds cookies from other sites: nobody is signed in there, and that is all', {
  skip,
}, async () => {
  await using browser = await openChromium()
  const { page } = await openPage(browser, { ignoreHTTPSErrors: true })
  await signInFrom(page)
  const { value } = await call(page, 'me')
  assert.equal((value as { authenticated: boolean }).authenticated, false)
  await page.goto(service.url)
  await page.getByRole('heading', { name: /^Hello/ }).waitFor()
})
