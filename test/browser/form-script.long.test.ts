import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { type Html, html } from '../../packages/plinth/src/feature/index.ts'
import { pagePolicy } from '../../packages/plinth/src/http/index.ts'
import { readAssets } from '../../packages/plinth/src/pages/assets.ts'
import { createPages } from '../../packages/plinth/src/pages/index.ts'
import { noChromium, openChromium, openPage } from './chromium.ts'

const pages = createPages({ service: 'Shop' })
const assets = readAssets()
const files = new Map(Object.values(assets).map((asset) => [asset.url, asset]))
const form = html`<h1>Lamps</h1>
<form method="post" data-action="POST" action="/api/v1/lamps" data-done="Lamp added." class="stack">
<div class="field"><label for="sku">SKU</label><input id="sku" name="sku"><p class="hint">Usual hint</p></div>
<input name="price" data-type="minor-units" aria-label="Price">
<input name="stock" data-type="integer" aria-label="Stock">
<input name="note" aria-label="Note">
<button>Add</button>
</form>`

interface Sent {
  readonly method: string | undefined
  readonly token: string | string[] | undefined
  readonly body: string
}

interface Told {
  readonly status: number
  readonly body: object
  /** Who is signed in by now, and the CSRF token that counts; any counts without it. */
  readonly now?: { readonly person: string; readonly token: string }
  /** What the page holds. */
  readonly content?: Html
  /** Until when its script, or the end of the page, is held back. */
  readonly late?: { readonly part: 'script' | 'end'; readonly until: Promise<unknown> }
}

/** A server with one page; every other request is recorded and answered as told. */
async function openShop(answer: Told) {
  const sent: Sent[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    const file = files.get(request.url ?? '')
    if (file !== undefined) {
      if (file === assets.script && answer.late?.part === 'script') await answer.late.until
      response.writeHead(200, { 'content-type': file.contentType }).end(file.content)
    } else if (request.url === '/auth/web/me') {
      const { person: id, token: csrf_token } = answer.now ?? {}
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ authenticated: true, user: { id }, csrf_token }))
    } else if (request.method === 'GET') {
      const policy = { 'content-security-policy': pagePolicy('n1') }
      response.writeHead(200, { 'content-type': 'text/html', ...policy })
      const { content = form, late } = answer
      const signedIn = { csrfToken: 't-1', person: 'ana' }
      const page = pages.render({ title: 'Lamps', content, nonce: 'n1', ...signedIn })
      const end = page.indexOf('<footer')
      response.write(page.slice(0, end))
      if (late?.part === 'end') await late.until
      response.end(page.slice(end))
    } else {
      const token = request.headers['x-csrf-token']
      sent.push({ method: request.method, token, body: await text(request) })
      const isStale = answer.now !== undefined && token !== answer.now.token
      response.writeHead(isStale ? 403 : answer.status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(isStale ? { detail: 'Invalid CSRF token' } : answer.body))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    sent,
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

let browser: Browser | undefined
before(async () => {
  if (!noChromium) browser = await openChromium()
})
after(() => browser?.close())

async function visit(url: string, options = {}) {
  assert.ok(browser)
  const { page, faults } = await openPage(browser, options)
  await page.goto(url)
  return { page, faults }
}

const only = { skip: noChromium }

test(
  'a form is sent as JSON with the CSRF token, and its sentence shows after the reload',
  only,
  async () => {
    await using shop = await openShop({ status: 201, body: { id: '1' } })
    const { page, faults } = await visit(shop.url)
    await page.getByLabel('SKU').fill('AB-1')
    await page.getByLabel('Price').fill('19.99')
    await page.getByLabel('Stock').fill('7')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByText('Lamp added.').waitFor()
    assert.deepEqual(shop.sent, [
      { method: 'POST', token: 't-1', body: '{"sku":"AB-1","price":1999,"stock":7}' },
    ])
    await page.reload()
    assert.equal(await page.getByText('Lamp added.').count(), 0)
    assert.deepEqual(faults, [])
  },
)

const linked = html`<h1>Lamps</h1>
<form method="post" data-action="POST" action="/api/v1/lamps" data-done="Lamp added.">
<input type="hidden" name="token" data-link>
<button>Add</button>
</form>`

/** Opens a page of which a part comes only when `goOn` is called. */
async function openSlowShop(part: 'script' | 'end') {
  assert.ok(browser)
  const { promise: until, resolve: goOn } = Promise.withResolvers<void>()
  const told = { status: 201, body: { id: '1' }, content: linked }
  const shop = await openShop({ ...told, late: { part, until } })
  const { page } = await openPage(browser)
  await page.goto(`${shop.url}#token=of-a-link`, { waitUntil: 'commit' })
  return { ...shop, page, goOn, add: page.getByRole('button', { name: 'Add' }) }
}

const SENT = [{ method: 'POST', token: 't-1', body: '{"token":"of-a-link"}' }]

test('no button is there before the script that says what it does', only, async () => {
  await using shop = await openSlowShop('script')
  await assert.rejects(shop.add.waitFor({ timeout: 2_000 }), /Timeout/)
  shop.goOn()
  await shop.add.click()
  await shop.page.getByText('Lamp added.').waitFor()
  assert.deepEqual(shop.sent, SENT)
})

test(
  'whoever is quicker than the end of a page sends what its link brought along all the same',
  only,
  async () => {
    await using shop = await openSlowShop('end')
    await shop.add.click({ noWaitAfter: true })
    shop.goOn()
    await shop.page.getByText('Lamp added.').waitFor()
    assert.deepEqual(shop.sent, SENT)
  },
)

test(
  'contract 31.1 a CSRF token that was changed meanwhile costs one more request, and is not taken over from another person',
  only,
  async () => {
    const told = { status: 201, body: { id: '1' } }
    const tokens = async (now: NonNullable<Told['now']>, sentence: string) => {
      await using shop = await openShop({ ...told, now })
      const { page, faults } = await visit(shop.url)
      await page.getByLabel('SKU').fill('AB-1')
      await page.getByRole('button', { name: 'Add' }).click()
      await page.getByText(sentence).waitFor()
      assert.deepEqual(faults, [])
      return shop.sent.map(({ token }) => token)
    }
    assert.deepEqual(await tokens({ person: 'ana', token: 't-2' }, 'Lamp added.'), ['t-1', 't-2'])
    const refused = await tokens({ person: 'ben', token: 't-3' }, 'Invalid CSRF token')
    assert.deepEqual(refused, ['t-1'])
  },
)

test(
  'a refusal names the field at the field, keeps what was typed and can be sent again',
  only,
  async () => {
    const body = {
      message: 'x',
      details: [{ path: 'body/sku', message: 'this SKU is <b>taken</b>.' }],
    }
    await using shop = await openShop({ status: 422, body })
    const { page } = await visit(shop.url)
    const sku = page.getByLabel('SKU')
    await sku.fill('AB-1')
    for (const count of [1, 2]) {
      await page.getByRole('button', { name: 'Add' }).click()
      await page.getByText('Not saved yet').waitFor()
      assert.equal(shop.sent.length, count)
    }
    assert.equal(await sku.inputValue(), 'AB-1')
    assert.equal(await sku.getAttribute('aria-invalid'), 'true')
    assert.equal(await page.locator('.hint').textContent(), 'This SKU is <b>taken</b>.')
    assert.equal(await page.locator('[aria-live="assertive"]').count(), 1)
  },
)

test(
  'a refusal without a field shows its own sentence; a service that is gone says so',
  only,
  async () => {
    await using shop = await openShop({ status: 403, body: { message: 'Invalid CSRF token' } })
    const { page } = await visit(shop.url)
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByText('Invalid CSRF token').waitFor()
    await page.route('**/api/**', (route) => route.abort())
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByText('The service did not answer.').waitFor()
  },
)

test(
  'whoever was signed out meanwhile is told so, with a way back to this page',
  only,
  async () => {
    for (const code of ['access.not_signed_in', 'auth.no_session', 'auth.invalid_session']) {
      await using shop = await openShop({ status: 401, body: { code, message: 'x' } })
      const { page } = await visit(`${shop.url}lamps?page=2`)
      await page.getByRole('button', { name: 'Add' }).click()
      await page.getByText('You are signed out by now').waitFor()
      const way = page.getByRole('link', { name: 'Sign in again' })
      assert.equal(
        await way.getAttribute('href'),
        `${shop.url}auth/sign-in?return_to=${encodeURIComponent('/lamps?page=2')}`,
      )
    }
  },
)

test(
  'a sign-out address of the provider is followed, a script in its place is not',
  only,
  async () => {
    await using provider = await openShop({ status: 200, body: {} })
    const signOut = { provider_logout_url: `${provider.url}goodbye?x=1` }
    await using shop = await openShop({ status: 200, body: signOut })
    const { page } = await visit(shop.url)
    await page.getByRole('button', { name: 'Add' }).click()
    await page.waitForURL(`${provider.url}goodbye?x=1`)

    await using evil = await openShop({
      status: 200,
      body: { provider_logout_url: 'javascript:document.title="hit"' },
    })
    const other = await visit(evil.url)
    await other.page.getByRole('button', { name: 'Add' }).click()
    await other.page.getByText('Lamp added.').waitFor()
    assert.equal(await other.page.title(), 'Lamps · Shop')
  },
)

test('a phone needs no sideways scrolling, in light and dark', only, async () => {
  await using shop = await openShop({ status: 200, body: {} })
  const grounds = new Set<string>()
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await visit(shop.url, { viewport: { width: 390, height: 800 }, colorScheme })
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390)
    grounds.add(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor'))
  }
  assert.equal(grounds.size, 2)
})
