import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { open } from '../access/index.ts'
import { feature, html, page, route } from '../feature/index.ts'
import type { HttpHarness } from '../testing/http-harness.ts'
import { openHttp } from '../testing/http-harness.ts'

let http: HttpHarness
before(async () => {
  http = await openHttp(
    [
      feature('errors', {
        routes: [
          route('GET /boom', {
            access: open('test'),
            handle: () => {
              throw new TypeError('the secret reason')
            },
          }),
          route('GET /number', {
            access: open('test'),
            query: { n: z.coerce.number() },
            handle: () => undefined,
          }),
          page('/page', {
            access: open('test'),
            title: 'x',
            render: async ({ request }) => {
              if (request.url.includes('boom')) throw new TypeError('the secret reason')
              return html`x`
            },
          }),
        ],
      }),
    ],
    {
      renderProblem: ({ code, status, details, request_id, instance }) => {
        if (instance === '/fails') throw new TypeError('the hook is broken')
        return {
          type: 'application/vnd.acme+json',
          body: { error: { name: code, was: status, fields: details.length, id: request_id } },
        }
      },
    },
  )
})
after(() => http[Symbol.asyncDispose]())

const cases: readonly (readonly [path: string, status: number, name: string, fields: number])[] = [
  ['/boom', 500, 'http.internal', 0],
  ['/number?n=x', 422, 'http.invalid', 1],
  ['/nowhere', 404, 'http.not_found', 0],
  ['/number/%', 400, 'http.malformed', 0],
]

for (const [path, status, name, fields] of cases) {
  test(`renderProblem: ${path} is ${status} in the service’s own form`, async () => {
    const answer = await fetch(`${http.url}${path}`)
    const body = await answer.text()
    assert.deepEqual(
      [answer.status, answer.headers.get('content-type')?.split(';')[0]],
      [status, 'application/vnd.acme+json'],
    )
    assert.match(answer.headers.get('x-content-type-options') ?? '', /nosniff/)
    const { error } = JSON.parse(body)
    assert.deepEqual(
      [error.name, error.was, error.fields, error.id],
      [name, status, fields, answer.headers.get('x-request-id')],
    )
    assert.doesNotMatch(body, /secret reason/)
  })
}

test('renderProblem: what Node’s parser refuses has that form too', async () => {
  const socket = connect(http.port, '127.0.0.1')
  socket.end('GET / HTTP/9.9\r\n\r\n')
  const answer = await text(socket)
  assert.match(answer, /^HTTP\/1\.1 400 .*\r\n\r\n\{"error":\{"name":"http.malformed"/s)
})

test('renderProblem: a hook that fails costs the form, not the answer', async () => {
  const answer = await fetch(`${http.url}/fails`)
  assert.deepEqual([answer.status, Object(await answer.json()).code], [404, 'http.not_found'])
  assert.ok(http.logged.some((line) => line.includes('renderProblem failed')))
})

test('renderProblem: a person at a browser still gets the page', async () => {
  const answer = await fetch(`${http.url}/page?boom`, { headers: { accept: 'text/html' } })
  assert.match(answer.headers.get('content-type') ?? '', /text\/html/)
})
