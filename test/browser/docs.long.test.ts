import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { z } from 'zod'
import { open } from '../../packages/plinth/src/access/index.ts'
import { feature, route } from '../../packages/plinth/src/feature/index.ts'
import { docsFeature, registerOpenApi } from '../../packages/plinth/src/http/index.ts'
import { openHttp } from '../../packages/plinth/src/testing/http-harness.ts'
import { noChromium, openChromium, openPage } from './chromium.ts'

let browser: Browser | undefined
before(async () => {
  if (!noChromium) browser = await openChromium()
})
after(() => browser?.close())

const tokens: (string | string[] | undefined)[] = []
const lamps = feature('lamps', {
  routes: [
    route('POST /api/v1/lamps', {
      access: open('a test'),
      summary: 'Add a lamp',
      body: z.strictObject({ name: z.string() }),
      handle: ({ request }) => {
        tokens.push(request.headers['x-csrf-token'])
      },
    }),
    route('GET /auth/web/me', {
      access: open('a test'),
      returns: z.object({ csrf_token: z.string() }),
      handle: () => ({ csrf_token: 't-1' }),
    }),
  ],
})

function openDocs() {
  const log = { info() {}, warn() {}, error() {} }
  const docs = docsFeature({ title: 'Lamps', docs: 'on', log })
  return openHttp([lamps, docs], {}, async (app) =>
    registerOpenApi(app, { title: 'Lamps', version: '1.0.0', sessionCookie: 'user_session_id' }),
  )
}

test('the documentation page works under its policy, in light and dark, and a try-out carries the CSRF token', {
  skip: noChromium,
}, async () => {
  assert.ok(browser)
  await using server = await openDocs()
  const { page, faults } = await openPage(browser, { colorScheme: 'dark' })
  await page.goto(`${server.url}/docs`)
  await page.getByText('Add a lamp').click()
  await page.getByRole('button', { name: 'Try it out' }).click()
  const answered = page.waitForResponse('**/api/v1/lamps')
  await page.getByRole('button', { name: 'Execute' }).click()
  assert.equal((await answered).status(), 204)
  assert.equal(tokens.pop(), 't-1')
  // The page learns of the change by an event, a moment later.
  await page.locator('html.dark-mode').waitFor({ state: 'attached' })
  await page.emulateMedia({ colorScheme: 'light' })
  await page.locator('html:not(.dark-mode)').waitFor({ state: 'attached' })
  assert.deepEqual(faults, [])
})
