import { randomInt } from 'node:crypto'
import type { Clock } from '../../kernel/index.ts'

/** Which providers are left alone for a while, because they did not answer. */
export interface ProviderPauses {
  lasts(provider: string): boolean
  /** A provider did not answer: it is left alone, each time for longer. */
  begin(provider: string): void
  /** A provider answered. */
  over(provider: string): void
}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/**
 * Keeps everybody's sessions from asking a provider that is down, all at once and again and again
 * (RP-98). A pause doubles with each failure that follows one, and ends at a moment of chance, so
 * that many processes do not come back together.
 */
export function createProviderPauses(clock: Pick<Clock, 'monotonic'>): ProviderPauses {
  const failing = new Map<string, { readonly failures: number; readonly until: number }>()
  const lasts = (provider: string) => clock.monotonic() < (failing.get(provider)?.until ?? 0)
  return {
    lasts,
    begin(provider) {
      // Of calls that fail together one counts.
      if (lasts(provider)) return
      const failures = failing.get(provider)?.failures ?? 0
      const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures)
      const until = clock.monotonic() + randomInt(longest / 2, longest + 1)
      failing.set(provider, { failures: failures + 1, until })
    },
    over: (provider) => void failing.delete(provider),
  }
}
