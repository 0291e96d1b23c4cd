import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, beforeEach, test } from 'node:test'
import type { EvilProvider, Person, World } from '../../packages/plinth/src/testing/index.ts'
import { createTestClock, startEvilProvider } from '../../packages/plinth/src/testing/index.ts'
import { KEPT_TARGETS, REFUSED_TARGETS } from './return-targets.ts'
import { send } from './send.ts'
import { COOKIE, OWN, openService } from './service.ts'

let provider: EvilProvider
let world: World

before(async () => {
  const clock = createTestClock()
  provider = await startEvilProvider({ clock })
  world = await openService({ providers: [provider] })
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})
beforeEach(() => provider.reset())

/** Signs in with a return target; the answer says where the browser is sent. */
async function signInTo(target: string, person = world.visitor()) {
  const login = `return_to=${encodeURIComponent(target)}`
  const { status, headers } = await provider.signIn(person, { login })
  return { status, location: headers.get('location') ?? '' }
}

/** What the start of a sign-in keeps of each target: where the callback will send the browser. */
async function keptOf(targets: readonly string[]): Promise<readonly string[]> {
  await world.database.platform.query('delete from plinth.pending_logins')
  for (const target of targets) {
    const query = `provider=${provider.name}&return_to=${encodeURIComponent(target)}`
    assert.equal((await send(world.url, `/auth/web/login?${query}`)).status, 302, target)
  }
  const { rows } = await world.database.platform.query<{ return_to: string }>(
    'select return_to from plinth.pending_logins order by id',
  )
  return rows.map((row) => row.return_to)
}

/** Where a browser ends up, and where it would if something on the way decoded once more. */
function staysHome(location: string): boolean {
  const decoded = location.replace(/%[0-9a-f]{2}/gi, (byte) =>
    String.fromCharCode(Number.parseInt(byte.slice(1), 16)),
  )
  return [location, decoded].every((text) => new URL(text, OWN).origin === OWN)
}

for (const [title, targets] of Object.entries(REFUSED_TARGETS)) {
  test(`${title} lead to the default page · v5.0.0-V3.7.2`, async () => {
    const kept = await keptOf(targets)
    assert.equal(kept.length, targets.length)
    for (const [at, location] of kept.entries()) {
      assert.equal(location, '/', JSON.stringify(targets[at]))
    }
    // The whole way once, as the browser takes it.
    assert.deepEqual(await signInTo(targets[0] ?? ''), { status: 302, location: '/' })
  })
}

test('RT-04 class D: odd targets that stay are kept or defaulted, never off-site · v5.0.0-V3.7.2', async () => {
  const odd = [
    '/a//b /a/../b /a/./b /a?//evil.test /a#//evil.test /a?x=\\ /%41 /a%2fb /a%5cb /:80',
    '/.evil.test /;//evil.test /?//evil.test /#//evil.test /a@evil.test /evil.test',
    '/https://evil.test /https:evil.test /javascript:alert(1) /%25%32%66evil.test',
    '/%252f%252fevil.test /a%252e%252e /.. /../ /. /.../evil.test /\' /" /<script> /{x}',
    '/| /^ /` /[x] /\u2044evil.test /\u2215/evil.test',
  ].flatMap((line) => line.split(' '))
  const kept = await keptOf(odd)
  for (const [at, target] of odd.entries()) {
    const location = kept[at] ?? ''
    assert.ok(location.startsWith('/') && staysHome(location), `${target} → ${location}`)
    assert.match(location, /^[\x21-\x7e]+$/, target)
  }
})

test('RT-06 the good list is kept, normalised and percent-encoded', async () => {
  for (const [target, expected] of KEPT_TARGETS) {
    assert.deepEqual(await signInTo(target), { status: 302, location: expected })
  }
})

test('RT-07 two return targets, or one in any other place, change nothing', async () => {
  const person = world.visitor()
  const twice = await provider.signIn(person, { login: 'return_to=/a&return_to=/b' })
  assert.equal(twice.headers.get('location'), '/')
  for (const login of [
    'return_to[]=//evil.test',
    'next=//evil.test',
    'redirect_uri=https://evil.test/cb',
    'returnTo=//evil.test',
    'redirect=//evil.test',
    'target_link_uri=https://evil.test',
    'post_login=//evil.test',
  ]) {
    const url = await provider.start(person, login)
    assert.equal(new URL(url).searchParams.get('redirect_uri'), `${OWN}/auth/web/callback`)
    assert.equal((await person.get(provider.callback(url))).headers.get('location'), '/')
  }
  const more = { return_to: '//evil.test', redirect_uri: 'https://evil.test', next: '//evil.test' }
  const late = await provider.signIn(person, { login: 'return_to=/a', callback: more })
  assert.equal(late.headers.get('location'), '/a', 'the callback’s own query says nothing')
})

/** Every Set-Cookie of a whole run: sign-in, me, refresh, sign-out, a failed and a second sign-in. */
async function cookiesOfARun(person: Person): Promise<readonly string[]> {
  const set: string[] = []
  const keep = ({ headers }: { readonly headers: Headers }) =>
    void set.push(...headers.getSetCookie())
  keep(await person.get('/auth/web/login'))
  keep(await provider.signIn(person))
  keep(await person.get('/auth/web/me'))
  keep(await person.post('/auth/web/refresh'))
  keep(await person.post('/auth/web/logout'))
  keep(await provider.signIn(person, { callback: { code: 'wrong' } }))
  keep(await person.get('/auth/web/callback?state=unknown'))
  return set
}

test('SB-01 v5.0.0-V3.3.1 v5.0.0-V3.3.3 every cookie is Secure, HttpOnly, tied to the host and prefixed', async () => {
  const set = await cookiesOfARun(world.visitor())
  assert.ok(set.length >= 6, `${set.length}`)
  for (const line of set) {
    assert.match(line, /^__Host-[a-zA-Z0-9_-]+=/, line)
    for (const flag of [/; Secure/, /; HttpOnly/, /; Path=\/(;|$)/]) assert.match(line, flag, line)
    assert.doesNotMatch(line, /; Domain/i, line)
  }
})

test('v5.0.0-V3.3.2 SameSite is Lax on purpose, and the reason is written down', async () => {
  const set = await cookiesOfARun(world.visitor())
  for (const line of set) assert.match(line, /; SameSite=Lax/, line)
  const docs = await readFile(new URL('../../docs/browser-security.md', import.meta.url), 'utf8')
  assert.match(docs, /SameSite=Lax[^.]*because/)
})

test('v5.0.0-V3.3.5 cookies stay small, however much the provider says', async () => {
  provider.always({
    claims: { groups: Array.from({ length: 200 }, (_, at) => `group-number-${at}`) },
  })
  const set = await cookiesOfARun(world.visitor())
  assert.ok(set.some((line) => line.startsWith(`${COOKIE}=`)))
  for (const line of set) assert.ok(line.length < 512, `${line.length}`)
})

test('SB-10 v5.0.0-V3.3.4 the session value is in its cookie and nowhere else', async () => {
  const person = world.visitor()
  const said: string[] = []
  await provider.signIn(person)
  const values = [person.cookies.get(COOKIE) ?? '']
  for (const path of [
    '/auth/web/me',
    '/',
    '/auth/sessions',
    '/api/v1/products',
    '/nowhere',
    '/openapi.json',
    '/metrics',
  ]) {
    const { headers, body } = await person.get(path)
    said.push(JSON.stringify([...headers]), JSON.stringify(body))
  }
  const refreshed = await person.post('/auth/web/refresh')
  values.push(person.cookies.get(COOKIE) ?? '')
  said.push(JSON.stringify(refreshed.body), ...world.logged)
  for (const value of values) {
    assert.equal(value.length, 43)
    assert.ok(!said.join('\n').includes(value))
  }
})

test('v5.0.0-V3.4.5 a page of the callback leaks neither code nor state in a Referer', async () => {
  const path = '/auth/web/callback?code=hunter2&state=hunter3'
  const { status, headers, text } = await send(world.url, path, {
    headers: { accept: 'text/html' },
  })
  assert.equal(status, 400)
  assert.match(String(headers['content-type']), /^text\/html/)
  assert.match(String(headers['referrer-policy']), /^(no-referrer|strict-origin)$/)
  assert.doesNotMatch(text, /hunter/, 'nor in a link of the page')
})

test('SB-59 a person without a session is offered to sign in and come back to where they were', async () => {
  const { page } = await import('../../packages/plinth/src/feature/index.ts')
  const { html } = await import('../../packages/plinth/src/feature/index.ts')
  const { feature } = await import('../../packages/plinth/src/feature/index.ts')
  const { signedIn } = await import('../../packages/plinth/src/access/index.ts')
  const stock = page('/stock', {
    access: signedIn(),
    title: 'Stock',
    render: () => html`<h1>x</h1>`,
  })
  await using closed = await openService({
    providers: [provider],
    more: [feature('stock', { routes: [stock] })],
  })
  const visitor = closed.visitor()
  const asked = await visitor.get<string>('/stock?below=5&q=a%20b', { accept: 'text/html' })
  assert.equal(asked.status, 401)
  const [, href = ''] = /href="([^"]*return_to=[^"]*)"/.exec(asked.body) ?? []
  const link = new URL(href.replaceAll('&amp;', '&'), OWN)
  assert.equal(link.searchParams.get('return_to'), '/stock?below=5&q=a%20b')
  const back = await provider.signIn(visitor, { login: link.search.slice(1) })
  assert.equal(back.headers.get('location'), '/stock?below=5&q=a%20b')
  assert.equal((await visitor.get('/stock?below=5', { accept: 'text/html' })).status, 200)
})

test('SB-59 the way back that a page offers is checked like any other', async () => {
  for (const path of [
    '//evil.test/x',
    '/\\evil.test',
    '/%2f%2fevil.test',
    '/..//evil.test',
    '/"><script>x',
  ]) {
    const { text, status } = await send(world.url, path.replaceAll('"', '%22'), {
      headers: { accept: 'text/html' },
    })
    assert.ok([400, 401, 404].includes(status), path)
    assert.doesNotMatch(text, /href="(\/\/|https?:)|<script>x/, path)
  }
})

test('HI-19 RT-05 a query of sign-in that holds NUL or cannot be decoded is answered as its contract says', async () => {
  const odd = ['%00', 'a%00b', '%zz', '%', '%c0%ae', '%ff', '%ed%a0%80', '%u002f', '%00%00%00']
  for (const value of odd) {
    const login = await send(world.url, `/auth/web/login?return_to=/${value}`)
    assert.equal(login.status, 302, value)
    assert.equal((await send(world.url, `/auth/web/login?provider=${value}`)).status, 400, value)
    for (const field of [
      'state',
      'code',
      'error',
      'error_description',
      'iss',
      'session_state',
      'x',
    ]) {
      const unknown = await send(world.url, `/auth/web/callback?state=x&${field}=${value}`)
      assert.equal(unknown.status, 400, `${field}=${value}`)
      const person = world.visitor()
      const url = provider.callback(await provider.start(person))
      const known = await person.get(
        `${url.replace(new RegExp(`&?\\b${field}=[^&]*`), '')}&${field}=${value}`,
      )
      assert.ok([302, 400].includes(known.status), `${field}=${value} → ${known.status}`)
    }
    const elsewhere = await send(world.url, `/auth/sign-in?x=${value}`)
    assert.ok(elsewhere.status < 500, value)
  }
})

test('v5.0.0-V3.5.4 the documents say one origin for one application, and cookies are for one host', async () => {
  const docs = await readFile(new URL('../../docs/browser-security.md', import.meta.url), 'utf8')
  assert.match(docs, /One origin for one application/)
  for (const line of await cookiesOfARun(world.visitor())) {
    assert.match(line, /^__Host-/)
    assert.doesNotMatch(line, /; Domain/i)
  }
})
