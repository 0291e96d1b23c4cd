import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from './clock.ts'
import { createServiceClock } from './service-clock.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const START_MS = Date.parse('2026-03-29T00:59:00Z')

/** A machine and a database in a test tube: each of their clocks is moved by hand. */
function laboratory(options: { readonly wallOffMs?: number; readonly wayMs?: number } = {}) {
  const { wallOffMs = 0, wayMs = 0 } = options
  let [wall, monotonic, up, database] = [START_MS + wallOffMs, 500, 90_000, START_MS]
  const machine: Clock = { now: () => wall, monotonic: () => monotonic }
  const clock = createServiceClock({ machine, uptimeMs: () => up })
  const pass = (ms: number) => {
    wall += ms
    monotonic += ms
    up += ms
    database += ms
  }
  const hear = () => {
    const [askedAt, showsMs] = [monotonic, database]
    pass(wayMs)
    clock.hear?.({ showsMs, askedAt, answeredAt: monotonic })
  }
  return {
    clock,
    pass,
    hear,
    /** Time in which the database is heard each minute. */
    run(ms: number) {
      for (let passed = 0; passed < ms; passed += MINUTE_MS) {
        pass(MINUTE_MS)
        hear()
      }
    },
    stepWall: (ms: number) => {
      wall += ms
    },
    stepDatabase: (ms: number) => {
      database += ms
    },
    sleep(ms: number) {
      wall += ms
      up += ms
      database += ms
    },
    /** How far the service's time is from the database's. */
    offMs: () => clock.now() - database,
  }
}

test('FI-31 a service starts with the time of the database, whatever its machine shows', () => {
  for (const wallOffMs of [-HOUR_MS, 5 * MINUTE_MS]) {
    const lab = laboratory({ wallOffMs })
    assert.equal(lab.offMs(), wallOffMs, 'before the database was heard there is nothing else')
    lab.hear()
    assert.equal(lab.offMs(), 0)
  }
})

for (const stepMs of [HOUR_MS, -HOUR_MS, 1_500]) {
  test(`FI-31 the wall of the machine steps by ${stepMs} ms: time goes on as if nothing had been`, () => {
    const lab = laboratory()
    lab.hear()
    lab.pass(MINUTE_MS)
    lab.stepWall(stepMs)
    assert.equal(lab.offMs(), 0)
    lab.run(10 * MINUTE_MS)
    assert.equal(lab.offMs(), 0)
  })

  test(`FI-31 the clock of the database steps by ${stepMs} ms: it is followed by a quarter, never at once`, () => {
    const lab = laboratory()
    lab.hear()
    lab.stepDatabase(stepMs)
    const before = lab.clock.now()
    lab.hear()
    assert.equal(lab.clock.now(), before)
    const nextMs = 1_000
    lab.pass(nextMs)
    assert.equal(lab.clock.now(), before + nextMs + Math.sign(stepMs) * nextMs * 0.25)
    lab.run(4 * Math.abs(stepMs) + MINUTE_MS)
    assert.equal(lab.offMs(), 0, 'and reached')
  })
}

test('FI-31 while the database is not heard what is owed is paid, and nothing beyond', () => {
  const lab = laboratory()
  lab.hear()
  lab.stepDatabase(MINUTE_MS)
  lab.hear()
  lab.pass(24 * HOUR_MS)
  assert.equal(lab.offMs(), 0)
})

test('FI-31 an answer that was long on its way shifts nothing', () => {
  const lab = laboratory({ wayMs: 4_000 })
  lab.hear()
  const off = lab.offMs()
  assert.ok(Math.abs(off) <= 2_000, `${off}`)
  lab.run(10 * MINUTE_MS)
  assert.equal(lab.offMs(), off)
})

test('FI-31 time that the machine slept is taken within a second of use, heard or not, and only that', () => {
  const lab = laboratory()
  lab.hear()
  lab.pass(MINUTE_MS)
  lab.sleep(8 * HOUR_MS)
  lab.pass(1_000)
  assert.equal(lab.offMs(), 0)
  lab.sleep(HOUR_MS)
  lab.stepDatabase(MINUTE_MS)
  lab.hear()
  assert.equal(lab.offMs(), -MINUTE_MS)
  lab.stepDatabase(HOUR_MS)
  lab.hear()
  assert.equal(lab.offMs(), -HOUR_MS - MINUTE_MS, 'what was slept before is not taken again')
})
