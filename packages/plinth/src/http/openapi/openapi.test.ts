import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { test } from 'node:test'
import { z } from 'zod'
import { open, permissions, signedIn } from '../../access/index.ts'
import type { Feature } from '../../feature/index.ts'
import { feature, html, page, route } from '../../feature/index.ts'
import { problem } from '../../kernel/index.ts'
import { openHttp } from '../../testing/http-harness.ts'
import { docsFeature, registerOpenApi, renderOpenApi } from './index.ts'
import { openApiOf } from './register.ts'

const may = permissions('lamp', { read: 'See lamps', create: 'Add lamps' })
const taken = problem('lamp.taken', 409, 'This lamp is there already.')
const lamp = z
  .object({ id: z.uuid(), name: z.string().max(40).describe('Shown on the label') })
  .meta({ id: 'Lamp' })
const tree = z.object({
  name: z.string(),
  get branches() {
    return z.array(tree)
  },
})
const unused = () => {
  throw new TypeError('not called in this test')
}
const routes = [
  route('GET /api/v1/lamps', {
    access: may.read,
    summary: 'List lamps',
    query: { limit: z.int32().min(1).default(50).describe('Most lamps to return') },
    returns: z.object({ items: z.array(lamp) }),
    handle: unused,
  }),
  route('POST /api/v1/lamps', {
    access: may.create,
    status: 201,
    body: z.strictObject({ name: z.string(), note: z.string().default('') }),
    returns: lamp,
    raises: [taken],
    handle: unused,
  }),
  route('DELETE /api/v1/lamps/:id', {
    access: signedIn(),
    params: { id: z.uuid() },
    handle: unused,
  }),
  route('GET /trees/:name', { access: open('trees are public'), returns: tree, handle: unused }),
  route('GET /lamps', { access: may.read, hidden: true, handle: unused }),
  page('/', { access: open('front page'), title: 'Front', render: () => html`x` }),
]
const info = { title: 'Lamps', version: '1.2.3', sessionCookie: 'user_session_id' }

function openDocs(features: readonly Feature[]) {
  return openHttp(features, {}, async (app) => registerOpenApi(app, info))
}

function docs(wanted: 'auto' | 'on', said: string[] = []): Feature {
  const note = (_facts: object, message = '') => said.push(message)
  return docsFeature({
    title: 'Lamps',
    docs: wanted,
    log: { info: note, warn: note, error: note },
  })
}

test('the document has the API routes, and neither hidden ones nor pages nor itself', async () => {
  await using harness = await openDocs([feature('lamps', { routes }), docs('on')])
  const document = openApiOf(harness.app)
  assert.equal(document.openapi, '3.1.0')
  assert.deepEqual(
    Object.entries(document.paths).map(([path, methods]) => [path, ...Object.keys(methods)]),
    [
      ['/api/v1/lamps', 'get', 'post'],
      ['/api/v1/lamps/{id}', 'delete'],
      ['/trees/{name}', 'get'],
    ],
  )
})

test('an operation says who may call it, what it takes, answers and refuses', async () => {
  await using harness = await openDocs([feature('lamps', { routes })])
  const { paths } = openApiOf(harness.app)
  const list = paths['/api/v1/lamps']?.['get']
  assert.equal(list?.['operationId'], 'getLamps')
  assert.equal(list?.['description'], 'Needs the permission `lamp:read`: See lamps.')
  assert.deepEqual(list?.['parameters'], [
    {
      name: 'limit',
      in: 'query',
      required: false,
      description: 'Most lamps to return',
      schema: { type: 'integer', format: 'int32', minimum: 1, default: 50 },
    },
  ])
  const create = paths['/api/v1/lamps']?.['post']
  const responses = create?.['responses'] as Record<string, { description: string }>
  assert.deepEqual(Object.keys(responses), [
    '201',
    '400',
    '401',
    '403',
    '409',
    '413',
    '415',
    '422',
    '429',
    'default',
  ])
  assert.equal(responses['409']?.description, '`lamp.taken`: This lamp is there already.')
  assert.deepEqual(responses['201'], {
    description: 'Created',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Lamp' } } },
  })
  const body = JSON.stringify(create?.['requestBody'])
  assert.match(body, /"required":\["name"\],"additionalProperties":false/)
})

test('D4 what changes something needs the session and the CSRF token, what reads the session only', async () => {
  await using harness = await openDocs([feature('lamps', { routes })])
  const { paths } = openApiOf(harness.app)
  assert.deepEqual(paths['/api/v1/lamps']?.['get']?.['security'], [{ session: [] }])
  assert.deepEqual(paths['/api/v1/lamps']?.['post']?.['security'], [{ session: [], csrf: [] }])
  assert.deepEqual(paths['/trees/{name}']?.['get']?.['security'], [])
})

test('a named schema and a recursive one become components, and every reference leads somewhere', async () => {
  await using harness = await openDocs([feature('lamps', { routes })])
  const text = renderOpenApi(harness.app)
  const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } }
  assert.deepEqual(Object.keys(components.schemas), ['GetTreesByNameAnswer', 'Lamp', 'Problem'])
  for (const [, name = ''] of text.matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g)) {
    assert.ok(Object.hasOwn(components.schemas, name), name)
  }
  assert.doesNotMatch(text, /\$defs|"\$ref": "#"/)
})

test('the text is the same in whatever order the routes registered', async () => {
  await using forward = await openDocs([feature('lamps', { routes })])
  await using backward = await openDocs([feature('lamps', { routes: [...routes].reverse() })])
  assert.equal(renderOpenApi(forward.app), renderOpenApi(backward.app))
  assert.match(renderOpenApi(forward.app), /^\{\n {2}"openapi": "3\.1\.0"[\s\S]*\}\n$/)
})

test('D1 the document and its page are served, under a policy without unsafe-inline', async () => {
  await using harness = await openDocs([feature('lamps', { routes }), docs('on')])
  const document = await fetch(`${harness.url}/openapi.json`)
  assert.match(document.headers.get('content-type') ?? '', /^application\/json/)
  assert.deepEqual(await document.json(), openApiOf(harness.app))
  for (const path of [
    '/docs',
    '/docs/',
    '/docs/static/swagger-ui.css',
    '/docs/static/theme/theme.css',
  ]) {
    const answer = await fetch(harness.url + path)
    assert.equal(answer.status, 200, path)
    const policy = answer.headers.get('content-security-policy') ?? ''
    assert.doesNotMatch(policy, /unsafe|\*|https:/, path)
    assert.match(policy, /^default-src 'none'; script-src 'self';/, path)
  }
  const html = await (await fetch(`${harness.url}/docs`)).text()
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/)
})

test('without the page package: auto says what to install and goes on, on refuses to start', async () => {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== '@fastify/swagger-ui') return next(specifier, context)
      throw Object.assign(new Error('not there'), { code: 'ERR_MODULE_NOT_FOUND' })
    },
  })
  try {
    const said: string[] = []
    await using harness = await openDocs([docs('auto', said)])
    assert.equal((await fetch(`${harness.url}/docs`)).status, 404)
    assert.equal((await fetch(`${harness.url}/openapi.json`)).status, 200)
    assert.match(said.join(), /npm install @fastify\/swagger-ui/)
    await assert.rejects(openDocs([docs('on')]), /npm install @fastify\/swagger-ui/)
  } finally {
    hooks.deregister()
  }
})
