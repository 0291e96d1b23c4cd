import { uptime } from 'node:os'
import type { Clock, ClockReading } from './clock.ts'
import { systemClock } from './clock.ts'

/** Milliseconds that the service's time may gain or lose in each one that passes. */
const RATE = 0.25
/** A machine that slept for less is caught up with like any other difference. */
const SHORTEST_SLEEP_MS = 2_000

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
 * lasts between 48 and 80 minutes. Time that the machine slept is taken at once.
 */
export function createServiceClock(options: ServiceClockOptions = {}): Clock {
  const { machine = systemClock, uptimeMs = () => uptime() * 1_000 } = options
  const sleep = sleepMeter(machine, uptimeMs)
  let [shownMs, shownAt, owedMs, hasHeard] = [machine.now(), machine.monotonic(), 0, false]
  const timeAt = (at: number) => {
    const passedMs = at - shownAt
    const mostMs = Math.max(0, passedMs) * RATE
    return shownMs + passedMs + Math.min(Math.max(owedMs, -mostMs), mostMs)
  }
  return {
    now: () => Math.floor(timeAt(machine.monotonic())),
    monotonic: machine.monotonic,
    hear(reading) {
      const { answeredAt } = reading
      const [ours, theirs] = [timeAt(answeredAt), readingAt(reading)]
      const aheadMs = theirs.ms - ours
      const leapMs = hasHeard ? sleep.leap(aheadMs) : aheadMs
      shownMs = ours + leapMs
      shownAt = answeredAt
      const leftMs = aheadMs - leapMs
      owedMs = Math.abs(leftMs) <= theirs.giveOrTakeMs ? 0 : leftMs
      hasHeard = true
    },
  }
}

/** What the other clock shows when its answer arrives: the way there and back may be of any length. */
function readingAt({ showsMs, askedAt, answeredAt }: ClockReading) {
  const giveOrTakeMs = (answeredAt - askedAt) / 2
  return { ms: showsMs + giveOrTakeMs, giveOrTakeMs }
}

/** The monotonic clock of some systems stands still while the machine sleeps; its uptime goes on. */
function sleepMeter(machine: Clock, uptimeMs: () => number) {
  const sleptMs = () => uptimeMs() - machine.monotonic()
  let countedMs = sleptMs()
  return {
    /** How much of being behind was slept since this was asked last. */
    leap(behindMs: number): number {
      if (behindMs < SHORTEST_SLEEP_MS) return 0
      const total = sleptMs()
      const newlyMs = total - countedMs
      countedMs = total
      return newlyMs < SHORTEST_SLEEP_MS ? 0 : Math.min(newlyMs, behindMs)
    },
  }
}
