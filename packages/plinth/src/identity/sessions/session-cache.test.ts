import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Hearing } from '../../data/index.ts'
import { newId } from '../../kernel/index.ts'
import type { SessionPrincipal } from './session.ts'
import { createSessionCache } from './session-cache.ts'

const principal: SessionPrincipal = {
  person: newId<'person'>(),
  name: 'Ana',
  tenant: null,
  permissions: [],
  credential: { kind: 'cookie', id: newId(), authenticatedAt: 0 },
  givenName: null,
  familyName: null,
  tenantSlug: null,
  tenantName: null,
  browserMatches: true,
}

/** A cache over news that the test makes; one session is known from 1,000 to 2,000 ms. */
function opened() {
  const ears: Hearing[] = []
  const news = { current: true }
  const cache = createSessionCache({
    most: 10,
    listen: (_channel, hearing) => {
      ears.push(hearing)
      return {
        isCurrent: () => news.current,
        state: () => (news.current ? 'current' : 'behind'),
        close: () => undefined,
      }
    },
  })
  const read = cache.beginRead()
  const known = { principal, userAgent: 'Firefox', readAtMs: 1_000, untilMs: 2_000 }
  read.keep('ana', known, [`person ${principal.person}`])
  read[Symbol.dispose]()
  return { cache, news, ears }
}

test('SB-24 SB-31 v5.0.0-V7.3.1 a session in memory is good until its moment, and not before it was read', () => {
  const { cache } = opened()
  assert.equal(cache.find('ana', 1_999, 'Firefox'), principal)
  assert.equal(cache.find('ana', 2_000, 'Firefox'), undefined)
  assert.equal(cache.find('ana', 999, 'Firefox'), undefined, 'a clock that was set back')
})

test('D7 SB-35 a session in memory is that of one browser: any other one is looked at', () => {
  const { cache } = opened()
  for (const userAgent of ['Chrome', undefined, '']) {
    assert.equal(cache.find('ana', 1_500, userAgent), undefined)
  }
})

test('while news may be late nothing is found, and what was asked for meanwhile is read anew afterwards', () => {
  const { cache, news } = opened()
  assert.equal(cache.find('ana', 1_500, 'Firefox'), principal)
  news.current = false
  assert.equal(cache.find('ana', 1_500, 'Firefox'), undefined)
  news.current = true
  assert.equal(cache.find('ana', 1_500, 'Firefox'), undefined)
  const { entries, hits, misses, bypassed } = cache.statistics
  assert.deepEqual(
    { entries, hits, misses, bypassed },
    { entries: 0, hits: 1, misses: 1, bypassed: 1 },
  )
})

test('what nobody asked for while news were late is there again, until its person changes', () => {
  const { cache, news, ears } = opened()
  news.current = false
  news.current = true
  assert.equal(cache.find('ana', 1_500, 'Firefox'), principal)
  ears[0]?.hear(`person ${principal.person}`)
  assert.equal(cache.find('ana', 1_500, 'Firefox'), undefined)
})

test('a new connection that listens, and what this process did itself, empty it', () => {
  const [one, other] = [opened(), opened()]
  one.ears[0]?.missed()
  other.cache.forget(principal.person)
  for (const { cache } of [one, other]) {
    assert.equal(cache.find('ana', 1_500, 'Firefox'), undefined)
  }
})
