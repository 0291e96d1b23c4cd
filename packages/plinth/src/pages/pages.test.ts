import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open } from '../access/index.ts'
import { feature, html, page } from '../feature/index.ts'
import { openHttp } from '../testing/http-harness.ts'
import { readAssets } from './assets.ts'
import { createPages } from './index.ts'

const HOSTILE = `"><svg onload=alert(1)>'\`</title></script><script>alert(2)</script>`
const pages = createPages({
  service: HOSTILE,
  links: [{ text: HOSTILE, href: `/docs${HOSTILE}` }],
})

const TAG = /<(!?[a-z]+[1-6]?|\/[a-z]+[1-6]?)((?:\s[a-z-]+(?:="[^"<>]*")?)*)>/g

/** Names of all elements and attributes; fails where a `<` opens anything else. */
function markupOf(document: string): { elements: string[]; attributes: string[] } {
  const tags = [...document.matchAll(TAG)]
  assert.equal(tags.length, document.split('<').length - 1, 'something else opens with <')
  return {
    elements: tags.map(([, name = '']) => name),
    attributes: tags.flatMap(
      ([, , list = '']) => list.replaceAll(/"[^"]*"/g, '').match(/[a-z-]+/g) ?? [],
    ),
  }
}

/** Nothing of the hostile text became markup: no element and no attribute of its own. */
function assertInert(document: string): void {
  const { elements, attributes } = markupOf(document)
  assert.deepEqual(
    elements.filter((name) => name === 'svg' || name === 'script'),
    ['script'],
  )
  assert.ok(attributes.every((name) => !name.startsWith('on') && name !== 'style'))
  assert.match(document, /&quot;&gt;&lt;svg onload=alert\(1\)&gt;&#39;&#96;/)
}

test('v5.0.0-V1.2.1 a page shows hostile names of service, person, link and content escaped', () => {
  const document = pages.render({
    title: HOSTILE,
    content: html`<p title="${HOSTILE}">${HOSTILE}</p>`,
    nonce: HOSTILE,
    csrfToken: HOSTILE,
    personName: HOSTILE,
  })
  assertInert(document)
})

test('v5.0.0-V1.2.1 an error page shows a hostile sentence, reference and return path escaped', () => {
  for (const status of [400, 401, 403, 404, 418, 429, 500, 503]) {
    assertInert(
      pages.renderProblemPage({
        status,
        code: 'http.test',
        title: HOSTILE,
        sentence: HOSTILE,
        requestId: HOSTILE,
        nonce: 'n',
        returnTo: HOSTILE,
      }),
    )
  }
})

test('a page has language, landmarks, a skip link that leads somewhere, and one title', () => {
  const document = pages.render({ title: 'Stock', content: html`<h1>Stock</h1>`, nonce: 'n' })
  assert.match(document, /^<!doctype html>\n<html lang="en">/)
  for (const landmark of ['<header', '<nav', '<main', '<footer']) {
    assert.equal(document.split(landmark).length, 2, landmark)
  }
  assert.match(document, /href="#content"[\s\S]*id="content"/)
  assert.match(document, /width=device-width/)
})

test('a page has the CSRF token only when there is one', () => {
  const parts = { title: 'A', content: html``, nonce: 'n' }
  assert.doesNotMatch(pages.render(parts), /csrf-token/)
  assert.doesNotMatch(pages.render({ ...parts, csrfToken: null }), /csrf-token/)
  assert.match(pages.render({ ...parts, csrfToken: 'tok' }), /name="csrf-token" content="tok"/)
})

test('no inline style, inline script or event handler: the nonce is on every file that runs', () => {
  const document = pages.render({ title: 'A', content: html`<p>x</p>`, nonce: 'abc' })
  const { elements, attributes } = markupOf(document)
  assert.equal(elements.includes('style'), false)
  assert.ok(attributes.every((name) => !name.startsWith('on') && name !== 'style'))
  for (const [tag] of document.matchAll(/<(?:script|link rel="stylesheet")[^>]*>/g)) {
    assert.match(tag, /(?:src|href)="\/assets\/plinth\.[0-9a-f]{16}\.(?:js|css)" nonce="abc"/)
  }
})

test('an error page says what happened and what to do, and links home or to sign in', () => {
  const view = { title: 'Not found', code: 'http.test', requestId: 'r-1', nonce: 'n' }
  const missing = pages.renderProblemPage({
    ...view,
    status: 404,
    sentence: 'There is nothing at this address.',
  })
  assert.match(missing, /There is nothing at this address\. It may be mistyped/)
  assert.match(missing, /href="\/"[^>]*>Go to the start page/)
  assert.match(missing, /r-1/)
  const signedOut = pages.renderProblemPage({
    ...view,
    status: 401,
    sentence: 'Sign in first.',
    returnTo: '/stock?below=5',
  })
  assert.match(signedOut, /href="\/auth\/sign-in\?return_to=%2Fstock%3Fbelow%3D5"/)
})

test('a sign-in that cannot be finished: what to do, no code of it in the page, and nothing of the inside', () => {
  const view = { status: 400, title: 'Bad request', requestId: 'r-2', nonce: 'n' }
  const returnTo = '/auth/web/callback?code=c0de&state=st4te'
  for (const code of ['auth.invalid_login', 'auth.missing_login', 'auth.unknown_provider']) {
    const page = pages.renderProblemPage({ ...view, code, sentence: 'inside', returnTo })
    assert.match(page, /href="\/auth\/sign-in\?return_to=%2F">Sign in</)
    assert.doesNotMatch(page, /c0de|st4te|inside|Error 400/)
  }
})

test('a provider that is away: the same sign-in again; a step-up leads to the sign-in it asks for', () => {
  const view = { title: 'x', sentence: 'It is away.', requestId: 'r-3', nonce: 'n' }
  const away = { ...view, status: 503, code: 'auth.provider_unavailable' }
  const again = pages.renderProblemPage({ ...away, returnTo: '/auth/web/login?return_to=/a' })
  assert.match(again, /It is away\.[\s\S]*href="\/auth\/web\/login\?return_to=\/a">Try again/)
  const stepUp = { ...view, status: 401, code: 'access.insufficient_user_authentication' }
  const page = pages.renderProblemPage({
    ...stepUp,
    signIn: '/auth/web/login?max_age=60',
    returnTo: '/pay',
  })
  assert.match(page, /confirm that it is you[\s\S]*max_age=60&amp;return_to=%2Fpay">Sign in again/)
})

test('a step-up that fell short leads to the sign-in that knows its own way back', () => {
  const failed = pages.renderProblemPage({
    ...{ title: 'x', sentence: 'Too old.', requestId: 'r-4', nonce: 'n' },
    ...{ status: 403, code: 'auth.step_up_failed', returnTo: '/auth/web/callback?code=secret' },
    signIn: '/auth/web/login?provider=one&max_age=60&return_to=%2Fstrong',
  })
  assert.match(failed, /That did not confirm that it is you/)
  assert.match(
    failed,
    /href="\/auth\/web\/login\?provider=one&amp;max_age=60&amp;return_to=%2Fstrong"/,
  )
  assert.doesNotMatch(failed, /secret/)
})

test('over HTTP: a page runs its own files only, and they are immutable', async () => {
  const front = page('/', { access: open('test'), title: 'Front', render: () => html`<h1>x</h1>` })
  const { renderPage, renderProblemPage } = pages
  await using harness = await openHttp([pages.feature, feature('front', { routes: [front] })], {
    renderPage,
    renderProblemPage,
  })
  const answer = await fetch(harness.url)
  const policy = answer.headers.get('content-security-policy') ?? ''
  assert.doesNotMatch(policy, /unsafe/)
  assert.match(policy, /base-uri 'none'/)
  const document = await answer.text()
  const nonce = /nonce="([^"]+)"/.exec(document)?.[1]
  assert.ok(policy.includes(`'nonce-${nonce}'`))
  const files = [...document.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, url]) => url)
  assert.equal(new Set(files).size, 3)
  for (const url of files) {
    const file = await fetch(harness.url + url)
    assert.equal(file.status, 200)
    assert.equal(file.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.equal(file.headers.get('x-content-type-options'), 'nosniff')
  }
  const gone = await fetch(`${harness.url}/assets/plinth.0000000000000000.css`, {
    headers: { accept: 'text/html' },
  })
  assert.equal(gone.status, 404)
  assert.notEqual(gone.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.match(await gone.text(), /Page not found/)
})

test('the URL of a file changes with its content, and every documented class exists', () => {
  const { stylesheet, script } = readAssets()
  assert.notEqual(stylesheet.url, script.url)
  const [, guide = '', rules = ''] = /^\/\*([\s\S]*?)\*\/([\s\S]*)$/.exec(stylesheet.content) ?? []
  const documented = new Set(
    [...guide.matchAll(/\.([a-z]+(?:-[a-z]+)*)\b(?!\()/g)].map(([, name]) => name),
  )
  const written = new Set([...rules.matchAll(/\.([a-z]+(?:-[a-z]+)*)/g)].map(([, name]) => name))
  assert.deepEqual([...written].sort(), [...documented].sort())
})

test('the stylesheet serves light and dark, phones, keyboards and reduced motion', () => {
  const { content } = readAssets().stylesheet
  for (const part of ['prefers-color-scheme: dark', ':focus-visible', 'prefers-reduced-motion']) {
    assert.ok(content.includes(part), part)
  }
})
