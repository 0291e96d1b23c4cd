import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database, Listener } from '../data/index.ts'
import { createKeyCache } from './api-keys/key-cache.ts'
import { createPrincipalCache } from './principal-cache.ts'
import { createSessionCache } from './sessions/session-cache.ts'

/** A listener whose news are late when the test says so. */
function openNews() {
  const news = { late: false }
  const listener: Listener = {
    isCurrent: () => !news.late,
    state: () => (news.late ? 'behind' : 'current'),
    close: () => undefined,
  }
  const listen: Database['listen'] = () => listener
  return { news, listen }
}

const KNOWN = { readAtMs: 0, untilMs: 60_000 }
const someone = (value: object) => value as never

/** Each cache with something in it, and a look at that. */
const caches: readonly (readonly [string, (listen: Database['listen']) => () => unknown])[] = [
  [
    'sessions',
    (listen) => {
      const cache = createSessionCache({ listen, most: 10 })
      using read = cache.beginRead()
      read.keep('key', someone({ ...KNOWN, principal: {}, userAgent: 'x' }), ['person 1'])
      return () => cache.find('key', 1, 'x')
    },
  ],
  [
    'tokens',
    (listen) => {
      const cache = createPrincipalCache({ listen, most: 10 })
      using read = cache.beginRead()
      read.keep('key', someone({ ...KNOWN, principal: {} }), ['person 1'])
      return () => cache.find('key', 1)
    },
  ],
  [
    'API keys',
    (listen) => {
      const cache = createKeyCache({ listen, most: 10 })
      using read = cache.beginRead('key', 0)
      read.keep(someone({ code: 'usable', untilMs: 60_000 }), ['key 1'])
      return () => cache.find('key', 1)
    },
  ],
]

for (const [what, fill] of caches)
  test(`SB-20 ${what}: whoever was told the new state while news were late is not told the old one again`, () => {
    const { news, listen } = openNews()
    const find = fill(listen)
    assert.notEqual(find(), undefined)
    news.late = true
    assert.equal(find(), undefined, 'the database is asked')
    news.late = false
    assert.equal(find(), undefined, 'what was known before is known no more')
  })
