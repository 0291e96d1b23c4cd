import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { newId } from '../kernel/index.ts'
import { auditData, storableText } from './audit-data.ts'
import { auditStatement, defineEvents } from './index.ts'

const events = defineEvents('auth', {
  sign_in: { reasons: ['state_unknown'], data: { provider: z.string() } },
  sign_out: {},
})

test('events are typed: an undeclared reason or fact does not compile, and a fact is dropped', () => {
  const event = events.sign_in({
    outcome: 'failed',
    reason: 'state_unknown',
    // @ts-expect-error: `code` is not declared
    data: { provider: 'keycloak', code: 'abc' },
  })
  assert.deepEqual(event, {
    action: 'auth.sign_in',
    outcome: 'failed',
    reason: 'state_unknown',
    data: { provider: 'keycloak' },
  })
  // @ts-expect-error: there is no such reason
  events.sign_in({ outcome: 'failed', reason: 'other' })
  assert.throws(() => defineEvents('Auth', { x: {} }), /must match/)
})

test('SB-10 V16.2.5 secrets do not enter the audit log, whatever carries them', () => {
  const json = auditData({
    access_token: 'hush',
    nested: { clientSecret: 'hush', note: 'Bearer hush-hush' },
    url: 'https://idp.example/token?code=hush&x=1',
  })
  assert.ok(!json.includes('hush'), json)
  assert.ok(json.includes('x=1'))
})

test('HI-11 the payload is bounded in depth and size and always storable', () => {
  let deep: object = {}
  for (let level = 0; level < 10_000; level += 1) deep = { deep }
  const cycle: { self?: object } = {}
  cycle.self = cycle
  const wide = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, at) => [`k${at}`, 'x'.repeat(99)]),
  )
  for (const data of [deep, cycle, wide, { big: 'x'.repeat(1e6) }]) {
    assert.ok(Buffer.byteLength(auditData(data)) <= 8_192)
  }
  assert.equal(JSON.parse(auditData({ text: 'a\0b\ud800c' })).text, 'a\uFFFDb\uFFFDc')
  assert.equal(auditData({ 'a\0b': 1 }), '{"unreadable":true}')
  assert.equal(storableText('x'.repeat(300), 256).length, 256)
})

test('B38 the actor is what the context says and nothing that an event could carry', () => {
  const person = newId<'person'>()
  const actor = { kind: 'person', person, clientAddress: '127.0.0.1', requestId: 'r-1' } as const
  const forged = {
    ...events.sign_out({ outcome: 'success' }),
    actor_id: newId(),
    actor_kind: 'system',
  }
  const { values } = auditStatement(null, actor, forged)
  assert.deepEqual(values?.slice(1, 4), ['00000000-0000-0000-0000-000000000000', 'person', person])
})
