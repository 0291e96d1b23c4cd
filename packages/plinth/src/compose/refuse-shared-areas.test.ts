import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { permissions, signedIn } from '../access/index.ts'
import { entity } from '../data/index.ts'
import { crud } from '../entities/index.ts'
import type { Feature } from '../feature/index.ts'
import { feature, route } from '../feature/index.ts'
import { newToken } from '../kernel/index.ts'
import { buildService } from './index.ts'

const started = (...features: readonly Feature[]) =>
  buildService({
    features,
    file: null,
    env: {},
    logTo: { write: () => undefined },
    values: {
      'app.environment': 'test',
      'app.session_signing_secret': newToken(),
      'app.csrf_signing_secret': newToken(),
      'logging.file': null,
      'database.url': 'postgresql://app:app@127.0.0.1:1/nothing_is_asked_of_it',
    },
  })

const called = (name: string) => {
  const row = entity(name, { name: z.string() })
  return feature(name, { entities: [row], routes: [crud(row)] })
}

test('contract 10: no entity and no permission of a service is one of the platform’s', async () => {
  await assert.rejects(started(called('tenant')), {
    name: 'TypeError',
    message:
      /^An entity cannot be called "tenant": its permissions "tenant:…" would be those of the/,
  })
  const mine = feature('mine', { permissions: [permissions('people', { greet: 'Greet' })] })
  await assert.rejects(started(mine), {
    name: 'TypeError',
    message:
      /^The permission "people:greet" would be one of the platform's, whose area "people" is\./,
  })
})

test('contract 16.2: a route that is there already is refused with who declares it', async () => {
  const fixed = feature('greeting', {
    routes: [route('GET /api/v1/ducks', { access: signedIn(), handle: () => undefined })],
  })
  const named = feature('named', {
    routes: [route('GET /api/v1/ducks/:name', { access: signedIn(), handle: () => undefined })],
  })
  for (const [features, message] of [
    [
      [called('duck'), fixed],
      /^GET \/api\/v1\/ducks is declared by "duck" and by "greeting": give one/,
    ],
    [[called('duck'), named], /^GET \/api\/v1\/ducks\/:name is declared by "duck" and by "named"/],
    [[called('duck'), called('duck')], /is declared twice by the feature "duck": give one/],
    [[called('person')], /^GET \/api\/v1\/people is declared by "identity" and by "person"/],
  ] as const) {
    await assert.rejects(started(...features), { name: 'TypeError', message })
  }
  const service = await started(called('duck'))
  await service.app.close()
})
