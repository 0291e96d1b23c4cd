import type { Clock } from '../kernel/index.ts'

/** Keeps callers from waiting for something that does not answer. */
export interface Breaker {
  /** Whether the thing may be asked now. */
  readonly closed: boolean
  succeeded(): void
  failed(error: unknown): void
}

/** What a breaker is made from. */
export interface BreakerOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Failures in a row after which nobody asks any more. */
  readonly failures: number
  /** Milliseconds between two looks whether it is back. */
  readonly pauseMs: number
  /** Looks whether it is back; nobody waits for the answer. */
  probe(): Promise<unknown>
  /** Told once when nobody asks any more, with the last failure. */
  opened(error: unknown): void
  /** Told once when it is asked again. */
  closedAgain(): void
}

/**
 * Half open by a probe of its own: no caller is the one who finds out whether a thing that does not
 * answer is back. Nothing is looked for while nobody asks.
 */
export function createBreaker(options: BreakerOptions): Breaker {
  const { clock, failures, pauseMs } = options
  let inARow = 0
  let open = false
  let lookAt = 0
  let looking = false

  async function look(): Promise<void> {
    looking = true
    try {
      await options.probe()
      open = false
      inARow = 0
      options.closedAgain()
    } catch {
      lookAt = clock.monotonic() + pauseMs
    } finally {
      looking = false
    }
  }

  return {
    get closed() {
      if (!open) return true
      if (!looking && clock.monotonic() >= lookAt) void look()
      return false
    },
    succeeded() {
      if (!open) inARow = 0
    },
    failed(error) {
      inARow += 1
      if (open || inARow < failures) return
      open = true
      lookAt = clock.monotonic() + pauseMs
      options.opened(error)
    },
  }
}
