import type { Clock } from '../kernel/index.ts'

/** A clock that a test moves. It runs with the machine's, plus what it was moved. */
export interface TestClock extends Clock {
  /** Moves the clock; a negative number of milliseconds moves it back. */
  advance(ms: number): void
}

/** A clock that starts at the present. */
export function createTestClock(): TestClock {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    monotonic: () => performance.now() + offset,
    advance: (ms) => {
      offset += ms
    },
  }
}
