import { uptime } from 'node:os'
import type { Clock, ClockReading } from './clock.ts'
import { systemClock } from './clock.ts'

/** Milliseconds that the service's time may gain or lose in each one that passes. */
const RATE = 0.25
/** A difference of less is no sleep: not every system tells its uptime exactly. */
const SHORTEST_SLEEP_MS = 2_000
const LOOK_EVERY_MS = 1_000

/** What a service clock runs on. */
export interface ServiceClockOptions {
  readonly machine?: Clock
  /** Milliseconds since the machine was started, those in which it slept among them. */
  readonly uptimeMs?: () => number
}

/**
 * The time of a running service: the database's, carried on by the monotonic clock. A step of the
 * machine's own clock moves nothing, and processes that hear the same database agree.
 *
 * The first reading is taken as it is; from then on the clock never steps, and what the database's
 * clock does is followed by a quarter: an hour is caught up within four, and a limit of an hour meanwhile
 * lasts between 48 and 80 minutes. Time that the machine slept is taken within a second of use.
 */
export function createServiceClock(options: ServiceClockOptions = {}): Clock {
  const { machine = systemClock, uptimeMs = () => uptime() * 1_000 } = options
  const newlySlept = sleepMeter(machine, uptimeMs)
  let [shownMs, shownAt, owedMs, hasHeard] = [machine.now(), machine.monotonic(), 0, false]
  let lookedAt = shownAt
  const timeAt = (at: number) => {
    const passedMs = at - shownAt
    const mostMs = Math.max(0, passedMs) * RATE
    return shownMs + passedMs + Math.min(Math.max(owedMs, -mostMs), mostMs)
  }
  return {
    now() {
      const at = machine.monotonic()
      if (at - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = at
        shownMs += newlySlept()
      }
      return Math.floor(timeAt(at))
    },
    monotonic: machine.monotonic,
    hear(reading) {
      const { answeredAt } = reading
      const ours = timeAt(answeredAt) + newlySlept()
      const theirs = readingAt(reading)
      const aheadMs = theirs.ms - ours
      shownMs = hasHeard ? ours : theirs.ms
      shownAt = answeredAt
      owedMs = hasHeard && Math.abs(aheadMs) > theirs.giveOrTakeMs ? aheadMs : 0
      hasHeard = true
    },
  }
}

/** What the other clock shows when its answer arrives: the way there and back may be of any length. */
function readingAt({ showsMs, askedAt, answeredAt }: ClockReading) {
  const giveOrTakeMs = (answeredAt - askedAt) / 2
  return { ms: showsMs + giveOrTakeMs, giveOrTakeMs }
}

/**
 * The monotonic clock of some systems stands still while the machine sleeps; its uptime goes on.
 * @returns says how long was slept since it was asked last
 */
function sleepMeter(machine: Clock, uptimeMs: () => number): () => number {
  const sleptMs = () => uptimeMs() - machine.monotonic()
  let countedMs = sleptMs()
  return () => {
    const newlyMs = sleptMs() - countedMs
    if (newlyMs < SHORTEST_SLEEP_MS) return 0
    countedMs += newlyMs
    return newlyMs
  }
}
