import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newToken } from '../kernel/index.ts'
import { buildService } from './index.ts'

/** A service whose database is not there: nothing here asks for one. */
async function openService(environment: string, docs: string | undefined) {
  const lines: string[] = []
  const service = await buildService({
    features: [],
    file: null,
    env: {},
    logTo: { write: (line) => lines.push(line) },
    values: {
      'app.environment': environment,
      'app.base_url': 'https://service.example',
      'app.session_signing_secret': newToken(),
      'app.csrf_signing_secret': newToken(),
      'telemetry.metrics_token': newToken(),
      'database.url': 'postgresql://a:b@127.0.0.1:1/c',
      'logging.file': null,
      'logging.level': 'info',
      'app.cors.origins': [],
      ...(docs !== undefined && { 'http.docs': docs }),
    },
  })
  return { service, lines, [Symbol.asyncDispose]: () => service.app.close() }
}

for (const [environment, docs, status] of [
  ['production', undefined, 404],
  ['production', 'off', 404],
  ['production', 'on', 200],
  ['development', undefined, 200],
  ['test', undefined, 200],
  ['development', 'off', 404],
] as const) {
  test(`22 B19 in ${environment}, http.docs ${docs ?? 'left alone'}: the document and its page answer ${status}`, async () => {
    await using open = await openService(environment, docs)
    const { app, openApi } = open.service
    await app.ready()
    for (const url of ['/openapi.json', '/docs', '/docs/'])
      assert.equal((await app.inject(url)).statusCode, status, url)
    assert.equal(openApi() !== undefined, status === 200)
    const front = await app.inject({ url: '/nowhere', headers: { accept: 'text/html' } })
    assert.equal(front.payload.includes('/openapi.json'), false)
    assert.equal(front.payload.includes('href="/docs"'), status === 200, front.payload)
  })
}

test('an unsafe choice is announced at the start, by setting and consequence, and is a metric', async () => {
  await using open = await openService('production', 'on')
  const events = open.lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  const choices = events.filter(({ message }) => message === 'unsafe choice')
  assert.deepEqual(
    choices.map(({ level, setting, consequence }) => ({ level, setting, consequence })),
    [
      {
        level: 'warn',
        setting: 'http.docs',
        consequence: 'Everybody can read the list of all endpoints and their schemas.',
      },
    ],
  )
  const shown = await open.service.metrics.text()
  assert.match(shown, /^plinth_unsafe_choice\{setting="http\.docs"\} 1$/m)
})
