import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { open } from '../../packages/plinth/src/access/index.ts'
import { feature, foreignFacts, withFacts } from '../../packages/plinth/src/feature/index.ts'
import type { CallClient } from './call-client.ts'
import { callClient } from './call-client.ts'
import { noChromium, openChromium, openPage } from './chromium.ts'
import { clientFiles } from './client-files.ts'
import type { FrontEnd } from './front-end.ts'
import { openFrontEnd } from './front-end.ts'
import { signInAt, signInAtProvider } from './sign-in-by-hand.ts'
import type { TemplateService } from './template-service.ts'
import { openTemplateService } from './template-service.ts'

const PRODUCTS = '/api/v1/products'
const skip = noChromium

/** Serves the client from the service's own origin, as a front end that is built into it. */
const ownCopy = feature('own-copy', {
  routes: [
    withFacts(
      {
        method: 'GET',
        url: '/client/:file',
        handler: ({ url }, reply) => reply.type('text/javascript').send(clientFiles().get(url)),
      },
      foreignFacts(open('a test')),
    ),
  ],
})

let browser: Browser
let near: FrontEnd
let far: FrontEnd
let unlisted: FrontEnd
let service: TemplateService

const running = new AsyncDisposableStack()
before(async () => {
  if (skip) return
  browser = running.use(await openChromium())
  near = running.use(await openFrontEnd())
  far = running.use(await openFrontEnd('127.0.0.1'))
  unlisted = running.use(await openFrontEnd())
  const listed = [near.origin, far.origin]
  service = running.use(
    await openTemplateService({
      features: [ownCopy],
      settings: { 'app.cors.origins': listed, 'oidc.allowed_redirect_hosts': listed },
    }),
  )
})
after(() => running.disposeAsync())

/** Calls a method of the page's client of the service. */
const call: CallClient = (page, method, ...args) => callClient(page, service.url, method, ...args)

const lamp = (sku: string) => ({ sku, name: 'Lamp', price: 1250 })

async function visit(url: string) {
  const { page, faults } = await openPage(browser)
  await page.goto(url)
  return { page, faults }
}

test('the client in a page of the service: signs in, writes, renews, signs out at the provider too', {
  skip,
}, async () => {
  const { page, faults } = await visit(service.url)
  assert.deepEqual((await call(page, 'checkAuthState')).value, {
    authenticated: false,
    user: null,
    csrf_token: null,
  })
  await call(page, 'login')
  await signInAtProvider(page)
  await page.getByRole('heading', { name: 'Hello, Test User One' }).waitFor()
  const made = (await call(page, 'call', 'POST', PRODUCTS, lamp('OWN-1'))).value as { id: string }
  assert.equal((await call(page, 'refreshSession')).value, true)
  assert.equal((await call(page, 'call', 'DELETE', `${PRODUCTS}/${made.id}`)).error, undefined)
  assert.equal((await call(page, 'call', 'POST', PRODUCTS, {})).error?.status, 422)
  const atProvider = page.waitForRequest((request) =>
    request.url().startsWith(service.provider.issuer),
  )
  // The page goes away under the call.
  await call(page, 'logout').catch(() => undefined)
  await atProvider
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  assert.deepEqual(faults, [])
})

test('v5.0.0-V3.4.2 the client in a page on another port: signs in and comes back, reads and writes with every method', {
  skip,
}, async () => {
  const { page, faults } = await visit(`${near.origin}/shop`)
  await call(page, 'login', 'default', `${near.origin}/shop?from=sign-in`)
  await signInAtProvider(page)
  await page.waitForURL(`${near.origin}/shop?from=sign-in`)
  assert.equal(((await call(page, 'me')).value as { authenticated: boolean }).authenticated, true)
  const { id, version } = (await call(page, 'call', 'POST', PRODUCTS, lamp('NEAR-1'))).value as {
    id: string
    version: number
  }
  const patched = await call(page, 'request', `${PRODUCTS}/${id}`, {
    method: 'patch',
    headers: { 'content-type': 'application/json', 'if-match': `"${version}"` },
    body: '{"name":"Sun"}',
  })
  assert.equal(patched.value, 200)
  assert.equal((await call(page, 'call', 'DELETE', `${PRODUCTS}/${id}`)).error, undefined)
  assert.deepEqual(faults, [])
})

test('a session that another tab renewed costs the page on another port one retry; another person none', {
  skip,
}, async () => {
  const { page } = await visit(near.origin)
  const own = await page.context().newPage()
  await signInAt(own, service.url)
  await call(page, 'me')
  assert.equal((await call(own, 'refreshSession')).value, true)
  const sent: (string | undefined)[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(new URL(request.url()).pathname)
  })
  const { id } = (await call(page, 'call', 'POST', PRODUCTS, lamp('RETRY-1'))).value as {
    id: string
  }
  assert.deepEqual(sent, [PRODUCTS, PRODUCTS])
  assert.equal((await call(page, 'call', 'DELETE', `${PRODUCTS}/${id}`)).error, undefined)
  sent.length = 0
  await own.context().clearCookies()
  await signInAt(own, service.url, 'testuser2')
  assert.equal((await call(page, 'call', 'POST', PRODUCTS, lamp('OTHER-1'))).error?.status, 403)
  assert.deepEqual(sent, [PRODUCTS])
  assert.equal((await skusIn(own)).includes('OTHER-1'), false)
})

test('v5.0.0-V3.4.2 v5.0.0-V3.5.8 a page of an origin that is not listed reads nothing and changes nothing', {
  skip,
}, async () => {
  const { page } = await visit(unlisted.origin)
  await signInAt(await page.context().newPage(), service.url)
  const read = await call(page, 'me')
  assert.equal(read.error?.name, 'UnreachableError')
  assert.match(read.error?.message ?? '', /this page's origin may call it/)
  const sent = await page.evaluate(async (url) => {
    const body = new Blob(['{"sku":"EVIL-1","name":"x","price":1}'], { type: 'text/plain' })
    const init = { method: 'POST', mode: 'no-cors', credentials: 'include', body } as const
    return fetch(url, init).then(
      () => 'answered',
      () => 'hidden',
    )
  }, service.url + PRODUCTS)
  // Not even an answer without content: Cross-Origin-Resource-Policy hides it.
  assert.equal(sent, 'hidden')
  assert.equal((await skusIn(await freshOwnPage(page))).includes('EVIL-1'), false)
})

async function skusIn(own: Page): Promise<readonly string[]> {
  const { value } = await call(own, 'call', 'GET', PRODUCTS)
  return (value as { items: { sku: string }[] }).items.map(({ sku }) => sku)
}

async function freshOwnPage(page: Page): Promise<Page> {
  const own = await page.context().newPage()
  await own.goto(service.url)
  return own
}

test('v5.0.0-V3.3.2 a page of another site has no session, though its origin is listed: the cookie is SameSite=Lax', {
  skip,
}, async () => {
  const { page } = await visit(far.origin)
  await signInAt(await page.context().newPage(), service.url)
  assert.equal(((await call(page, 'me')).value as { authenticated: boolean }).authenticated, false)
  assert.equal((await call(page, 'call', 'POST', PRODUCTS, lamp('FAR-1'))).error?.status, 401)
})

test('SB-45 a link on another site does not begin a sign-in by itself; the page it shows goes on', {
  skip,
}, async () => {
  await using elsewhere = await openFrontEnd(
    '127.0.0.1',
    `<a href="${service.url}/auth/sign-in">In</a>`,
  )
  const { page } = await visit(elsewhere.origin)
  await page.getByRole('link', { name: 'In' }).click()
  await page.getByRole('link', { name: 'Continue with Keycloak' }).click()
  await signInAtProvider(page)
  await page.getByRole('heading', { name: /^Hello/ }).waitFor()
  await page.goto(elsewhere.origin)
  await page.evaluate(`location.href = ${JSON.stringify(`${service.url}/auth/web/login`)}`)
  await page.getByRole('heading', { name: 'Another site brought you here' }).waitFor()
  await page.getByRole('link', { name: 'Go on' }).click()
  await page.getByRole('heading', { name: /^Hello/ }).waitFor()
})
