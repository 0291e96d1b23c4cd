import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import type { HttpHarness } from '../../testing/http-harness.ts'
import { openHttp } from '../../testing/http-harness.ts'
import { renderCensus } from '../index.ts'

const access = open('a test')
const body = z.object({ a: z.string(), b: z.string().optional() })
const returns = z.object({ a: z.string(), b: z.string().optional() })
const routes = [
  route('POST /form', {
    access,
    anonymous: true,
    takesForm: true,
    bodyLimitBytes: 1_000,
    body,
    returns,
    handle: ({ body: given }) => given,
  }),
  route('POST /json', { access, body, returns, handle: ({ body: given }) => given }),
]

let http: HttpHarness
before(async () => {
  http = await openHttp([feature('forms', { routes })])
})
after(() => http[Symbol.asyncDispose]())

const FORM = 'application/x-www-form-urlencoded'

async function post(path: string, type: string, text: string): Promise<readonly [number, string]> {
  const headers = { 'content-type': type }
  const answer = await fetch(`${http.url}${path}`, { method: 'POST', headers, body: text })
  const json = (await answer.json()) as { a?: string; detail?: string }
  return [answer.status, json.a ?? json.detail ?? '']
}

test('a route that takes a form reads each field once, decoded, and drops what it does not know', async () => {
  assert.deepEqual(await post('/form', FORM, 'a=x%20y+z&other=1'), [200, 'x y z'])
  assert.deepEqual(await post('/form', `${FORM}; charset=UTF-8`, '&a=%C3%BC&&b='), [200, 'ü'])
})

test('CS-14 HI-16 no other route learns to read a form, and a form route reads no JSON', async () => {
  assert.equal((await post('/json', FORM, 'a=x'))[0], 415)
  assert.deepEqual(await post('/json', 'application/json', '{"a":"x"}'), [200, 'x'])
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'a/b']) {
    const [status, sentence] = await post('/form', type, '{"a":"x"}')
    assert.deepEqual([status, /x-www-form-urlencoded/.test(sentence)], [415, true], type)
  }
  assert.equal((await post('/form', `${FORM}; charset=latin1`, 'a=x'))[0], 415)
})

test('a form that could be read in two ways is refused', async () => {
  const bad = ['a=1&a=2', 'a=%ff', 'a=%zz', 'a=%00', `a=1${'&x'.repeat(60)}`, '__proto__=1']
  for (const text of bad) {
    const [status] = await post('/form', FORM, text)
    assert.ok(status === 400 || status === 422, text)
  }
  assert.equal((await post('/form', FORM, `a=${'x'.repeat(2_000)}`))[0], 413)
})

test('HI-14 prototype names in a form are no fields: nothing is read from them', async () => {
  for (const name of ['__proto__', 'constructor', 'prototype', '__proto__[a]', '__proto__.a']) {
    assert.deepEqual(await post('/form', FORM, `${name}=y&a=x`), [200, 'x'], name)
    const [status] = await post('/form', FORM, `${name}=y`)
    assert.equal(status, 422, name)
  }
})

test('the census shows which route takes a form', () => {
  assert.equal(
    renderCensus(http.census),
    'POST    /form  public (a test) [form]\nPOST    /json  public (a test)\n',
  )
})

test('a form route that looks at credentials does not register', async () => {
  const unsafe = route('POST /unsafe', { access, takesForm: true, handle: () => undefined })
  await assert.rejects(openHttp([feature('unsafe', { routes: [unsafe] })]), /takes a form/)
})
