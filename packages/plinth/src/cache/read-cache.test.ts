import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Read } from './index.ts'
import { createReadCache } from './index.ts'

test('a value stays until one of its subjects changes', () => {
  const cache = createReadCache<string>(10)
  using read = cache.beginRead()
  assert.ok(read.keep('a', 'Ana', ['person 1', 'tenant 1']))
  assert.ok(read.keep('b', 'Ben', ['person 2', 'tenant 1']))
  cache.changed('person 3')
  assert.deepEqual([cache.get('a'), cache.get('b')], ['Ana', 'Ben'])
  cache.changed('person 1')
  assert.deepEqual([cache.get('a'), cache.get('b')], [undefined, 'Ben'])
  cache.changed('tenant 1')
  assert.deepEqual([cache.get('b'), cache.size], [undefined, 0])
})

test('what was read before a change and arrives after it is not kept', () => {
  const cache = createReadCache<string>(10)
  using read = cache.beginRead()
  cache.changed('person 1')
  assert.equal(read.keep('a', 'Ana as she was', ['person 1']), false)
  assert.equal(read.keep('b', 'Ben', ['person 2']), true, 'another subject is not hindered')
  using next = cache.beginRead()
  assert.equal(next.keep('a', 'Ana as she is', ['person 1']), true)
  cache.clear()
  assert.equal(next.keep('a', 'Ana as she was', ['person 1']), false, 'anything may have changed')
})

test('what is dropped is gone, for its subjects too, and can be kept again', () => {
  const cache = createReadCache<string>(10)
  using read = cache.beginRead()
  read.keep('a', 'Ana', ['tenant 1'])
  read.keep('b', 'Ben', ['tenant 1'])
  cache.drop('a')
  cache.drop('nobody')
  assert.deepEqual([cache.get('a'), cache.get('b'), cache.size], [undefined, 'Ben', 1])
  read.keep('a', 'Ana', ['tenant 1'])
  cache.changed('tenant 1')
  assert.equal(cache.size, 0)
})

test('it is bounded: what was read longest ago goes first, and with 0 nothing stays', () => {
  const cache = createReadCache<number>(3)
  using read = cache.beginRead()
  for (const key of ['a', 'b', 'c', 'a', 'd']) read.keep(key, 1, [`subject of ${key}`, 'all'])
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((key) => cache.get(key)),
    [1, undefined, 1, 1],
  )
  const none = createReadCache<number>(0)
  using nothing = none.beginRead()
  assert.deepEqual([nothing.keep('a', 1, []), none.size], [false, 0])
})

const subjects = ['one', 'two', 'three']
const step = fc.oneof(
  fc.record({ begin: fc.constantFrom(0, 1, 2, 3) }),
  fc.record({ keep: fc.constantFrom(0, 1, 2, 3), about: fc.subarray(subjects, { minLength: 1 }) }),
  fc.record({ change: fc.constantFrom(...subjects), heardLater: fc.boolean() }),
  fc.record({ lose: fc.constant(true) }),
)

test('whatever the order of reads, changes and news: once the news is here nothing stale is served', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = createReadCache<Readonly<Record<string, number>>>(4)
      const source = new Map(subjects.map((name) => [name, 0]))
      const reads = new Map<
        number,
        { read: Read<Record<string, number>>; saw: [string, number][] }
      >()
      let late: string[] = []
      for (const one of steps) {
        if ('begin' in one) {
          reads.get(one.begin)?.read[Symbol.dispose]()
          reads.set(one.begin, { read: cache.beginRead(), saw: [...source] })
        } else if ('keep' in one) {
          const saw = Object.fromEntries(
            reads.get(one.keep)?.saw.filter(([name]) => one.about.includes(name)) ?? [],
          )
          reads.get(one.keep)?.read.keep(one.about.join(), saw, one.about)
        } else if ('change' in one) {
          source.set(one.change, (source.get(one.change) ?? 0) + 1)
          late.push(one.change)
          if (one.heardLater) continue
          for (const name of late) cache.changed(name)
          late = []
        } else {
          cache.clear()
          late = []
        }
        if (late.length > 0) continue
        for (let at = 1; at < 8; at += 1) {
          const about = subjects.filter((_, bit) => (at >> bit) % 2 === 1)
          for (const [name, version] of Object.entries(cache.get(about.join()) ?? {})) {
            assert.equal(version, source.get(name), `${name} in ${about.join()}`)
          }
        }
      }
    }),
  )
})
