import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Access } from '../access/index.ts'
import { open, signedIn } from '../access/index.ts'
import { feature, mount, route } from '../feature/index.ts'
import { openHttp } from '../testing/http-harness.ts'

const handle = () => undefined

test('a route that is anonymous and yet asks who calls does not register', async () => {
  const closed = route('GET /closed', { access: signedIn(), anonymous: true, handle })
  await assert.rejects(openHttp([feature('closed', { routes: [closed] })]), /is anonymous/)
  const mounted = mount('/m', { access: signedIn(), anonymous: true }, async (app) => {
    app.get('/x', async () => 'x')
  })
  await assert.rejects(openHttp([feature('mounted', { routes: [mounted] })]), /is anonymous/)
})

test('an access of no known kind does not register', async () => {
  for (const kind of ['public', 'OPEN', '', undefined]) {
    const access: Access = Object.assign(Object.create(null), { kind })
    const odd = route('GET /odd', { access, handle })
    await assert.rejects(openHttp([feature('odd', { routes: [odd] })]), /declares no access/)
  }
})

test('what a mounted plugin answers to unknown paths stands under the rule of the mount', async () => {
  const site = mount('/site', { access: signedIn() }, async (app) => {
    app.get('/page', async () => 'private page')
    app.setNotFoundHandler(async (_request, reply) => reply.code(200).send('private fallback'))
  })
  const free = mount('/free', { access: open('test') }, async (app) => {
    app.setNotFoundHandler(async (_request, reply) => reply.code(200).send('public fallback'))
  })
  await using http = await openHttp([feature('sites', { routes: [site, free] })])
  for (const path of ['/site/page', '/site/anything', '/site/', '/site/a/b?c']) {
    const answer = await fetch(http.url + path)
    assert.equal(answer.status, 401, path)
    assert.doesNotMatch(await answer.text(), /private/)
  }
  assert.equal(await (await fetch(`${http.url}/free/anything`)).text(), 'public fallback')
  const foreign = { origin: 'https://evil.test', cookie: 'user_session_id=x' }
  const forged = await fetch(`${http.url}/free/anything`, { method: 'POST', headers: foreign })
  assert.equal(forged.status, 403, 'an unsafe request with a cookie is guarded there too')
})

test('v5.0.0-V4.1.4 a 405 names the methods of parameters, wildcards and both spellings of a slash', async () => {
  const routes = [
    route('GET /things/:id', { access: open('test'), handle }),
    route('PUT /things/:id', { access: open('test'), handle }),
    route('GET /things/:id/parts', { access: open('test'), handle }),
    mount('/files', { access: open('test') }, async (app) => {
      app.get('/*', async () => 'file')
    }),
  ]
  await using http = await openHttp([feature('things', { routes })])
  const allow = async (path: string) => {
    const { status, headers } = await fetch(http.url + path, { method: 'DELETE' })
    return [status, headers.get('allow')]
  }
  assert.deepEqual(await allow('/things/1'), [405, 'GET, HEAD, OPTIONS, PUT'])
  assert.deepEqual(await allow('/things/1/?x=1'), [405, 'GET, HEAD, OPTIONS, PUT'])
  assert.deepEqual(await allow('/%74hings/1'), [405, 'GET, HEAD, OPTIONS, PUT'])
  assert.deepEqual(await allow('/things/1/parts'), [405, 'GET, HEAD, OPTIONS'])
  assert.deepEqual(await allow('/files/a/b/c'), [405, 'GET, HEAD, OPTIONS'])
  const asked = await fetch(`${http.url}/things/1`, { method: 'OPTIONS' })
  assert.deepEqual([asked.status, asked.headers.get('allow')], [204, 'GET, HEAD, OPTIONS, PUT'])
  for (const path of ['/things', '/things/1/2', '/things//parts', '/nowhere', '/']) {
    assert.deepEqual(await allow(path), [404, null], path)
  }
})
