import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page, Response } from 'playwright-core'
import { until } from '../../packages/plinth/src/testing/until.ts'
import { noChromium, openChromium, openPage } from './chromium.ts'
import { openFrontEnd } from './front-end.ts'
import { sessionCookie, signInAt } from './sign-in-by-hand.ts'
import type { TemplateService } from './template-service.ts'
import { openTemplateService } from './template-service.ts'

const skip = noChromium
const ME = '/auth/web/me'

let browser: Browser
let service: TemplateService
const running = new AsyncDisposableStack()
before(async () => {
  if (skip) return
  browser = running.use(await openChromium())
  service = running.use(await openTemplateService())
})
after(() => running.disposeAsync())

/** Runs a function's source in a page; the compiler does not know a page's names. */
function inPage<T>(page: Page, source: string, argument: unknown = null): Promise<T> {
  return page.evaluate(`(${source})(${JSON.stringify(argument)})`)
}

/** A page in a fresh browser where somebody is signed in. */
async function signedIn(): Promise<{ page: Page; faults: string[] }> {
  const opened = await openPage(browser)
  await signInAt(opened.page, service.url)
  return opened
}

test('v5.0.0-V10.1.1 v5.0.0-V3.3.4 from sign-in to use, no token of the provider and no session id reaches the page', {
  skip,
}, async () => {
  const { page } = await openPage(browser)
  const own: Response[] = []
  page.on('response', (answer) => {
    if (answer.url().startsWith(service.url)) own.push(answer)
  })
  await signInAt(page, service.url)
  const texts = await inPage<readonly string[]>(
    page,
    `async (me) => {
    const answer = await fetch(me)
    const stores = [localStorage, sessionStorage].map((store) => JSON.stringify(store))
    return [await answer.text(), document.cookie, ...stores, document.documentElement.outerHTML]
  }`,
    ME,
  )
  const bodies = await Promise.all(own.map((answer) => answer.text().catch(() => '')))
  const session = await sessionCookie(page, service.url)
  const seen = [...texts, ...bodies, ...own.map((answer) => answer.url())].join('\n')
  assert.match(seen, /csrf_token/)
  assert.doesNotMatch(seen, /\beyJ[\w-]*\.[\w-]*\.|\b(?:access|refresh|id)_token/)
  assert.ok(session.httpOnly)
  assert.equal(seen.includes(session.value), false)
})

test('v5.0.0-V3.4.5 neither the callback nor a link to another site tells where the person was', {
  skip,
}, async () => {
  await using elsewhere = await openFrontEnd()
  const { page } = await openPage(browser)
  const referers: string[] = []
  page.on('request', (request) => {
    const { referer } = request.headers()
    if (referer !== undefined) referers.push(referer)
  })
  await signInAt(page, service.url)
  assert.equal(
    referers.some((referer) => /code=|state=|callback/.test(referer)),
    false,
  )
  await page.goto(`${service.url}/?secret=1`)
  await inPage(
    page,
    `(href) => {
    const link = document.createElement('a')
    link.href = href
    document.body.append(link)
    link.click()
  }`,
    `${elsewhere.origin}/landing`,
  )
  await page.waitForURL(`${elsewhere.origin}/landing`)
  const landing = elsewhere.asked.find(({ url }) => url === '/landing')
  assert.ok([undefined, `${service.url}/`].includes(landing?.headers.referer))
})

test('v5.0.0-V3.4.6 no page and no answer of the service shows inside a page of another origin', {
  skip,
}, async () => {
  const targets = ['/', '/auth/sign-in', '/nowhere', ME, '/docs']
  const frames = targets.map((path) => `<iframe src="${service.url}${path}"></iframe>`).join('')
  await using elsewhere = await openFrontEnd('localhost', frames)
  const { page } = await openPage(browser)
  await page.goto(elsewhere.origin, { waitUntil: 'load' })
  const urls = page.frames().map((frame) => frame.url())
  assert.equal(urls.length, targets.length + 1)
  for (const frame of page.frames().slice(1)) {
    assert.doesNotMatch(await frame.content(), /Your service is running|authenticated|Sign in/)
  }
})

test('v5.0.0-V3.4.3 markup that slipped into a page does not run: script, handler, style, base, javascript: link', {
  skip,
}, async () => {
  const { page, faults } = await signedIn()
  const changed = await inPage(
    page,
    `async () => {
    const host = document.createElement('div')
    host.innerHTML =
      '<img src="/nowhere" onerror="window.hit=1"><a id="js" href="javascript:window.hit=1">x</a>'
    const script = document.createElement('script')
    script.textContent = 'window.hit=1'
    const base = document.createElement('base')
    base.href = 'https://evil.example/'
    const style = document.createElement('style')
    style.textContent = 'body{display:none}'
    document.head.append(base, style)
    document.body.append(host, script)
    document.getElementById('js')?.click()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const { hit } = window
    return [
      hit,
      document.baseURI.startsWith(location.origin),
      getComputedStyle(document.body).display,
    ]
  }`,
  )
  assert.deepEqual(changed, [undefined, true, 'flex'])
  // The console hears of some of them a moment later.
  await until(() => faults.length >= 4)
})

test('v5.0.0-V3.4.8 a page that opened the service in a window, or was opened by it, has no hold on it', {
  skip,
}, async () => {
  await using elsewhere = await openFrontEnd()
  const { page } = await openPage(browser)
  await page.goto(elsewhere.origin)
  const opened = page.context().waitForEvent('page')
  await inPage(
    page,
    `(url) => {
    Object.assign(window, { held: window.open(url) })
  }`,
    service.url,
  )
  const popup = await opened
  await popup.getByRole('link', { name: 'Sign in' }).waitFor()
  assert.equal(await inPage(popup, `() => window.opener === null`), true)
  await page.waitForFunction('window.held?.closed === true')
})

test('v5.0.0-V3.2.1 v5.0.0-V3.5.6 an answer of the API is nothing to a script, an image, a style or a frame elsewhere', {
  skip,
}, async () => {
  const me = `${service.url}${ME}`
  const body = `<img src="${me}"><link rel="stylesheet" href="${me}"><script>window.got=1;function cb(x){window.got=x}</script><script src="${me}?callback=cb"></script>`
  await using elsewhere = await openFrontEnd('localhost', body)
  const { page } = await signedIn()
  const failed: string[] = []
  page.on('requestfailed', (request) => failed.push(request.resourceType()))
  await page.goto(elsewhere.origin, { waitUntil: 'load' })
  await until(() => failed.length >= 3)
  assert.deepEqual(failed.sort(), ['image', 'script', 'stylesheet'])
  assert.equal(await inPage(page, `() => window.got`), 1)
  const answer = await page.goto(me)
  assert.match(answer?.headers()['content-security-policy'] ?? '', /sandbox/)
})

test('v5.0.0-V3.5.2 a form of another origin changes nothing: its three encodings are refused', {
  skip,
}, async () => {
  const { page } = await signedIn()
  for (const enctype of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ]) {
    await using elsewhere = await openFrontEnd(
      'localhost',
      `<form method="post" enctype="${enctype}" action="${service.url}/api/v1/products"><input name='{"sku":"FORM-1","name":"x","price":1,"z":"' value='"}'><button>Go</button></form>`,
    )
    await page.goto(elsewhere.origin)
    const answered = page.waitForResponse('**/api/v1/products')
    await page.getByRole('button', { name: 'Go' }).click()
    assert.equal((await answered).status(), 403)
    // Until the answer is on the screen it could come over the next page.
    await page.waitForURL('**/api/v1/products')
  }
  await page.goto(service.url)
  await page.getByText('No products yet.').waitFor()
})

test('what a person named a product is text, wherever it stands', {
  skip,
}, async () => {
  const { page, faults } = await signedIn()
  const name = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
  await page.getByLabel('SKU').fill('TEXT-1')
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Price').fill('1')
  await page.getByRole('button', { name: 'Add product' }).click()
  await page.getByRole('cell', { name, exact: true }).waitFor()
  assert.equal(await inPage(page, `() => window.hit`), undefined)
  assert.deepEqual(faults, [])
})
