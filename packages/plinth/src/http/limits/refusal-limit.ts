import type { Clock } from '../../kernel/index.ts'

/** How many refusals one source may cause. */
export interface RefusalLimitRules {
  readonly clock: Clock
  readonly most: number
  readonly windowMs: number
}

/** Counts what was refused, by source. */
export interface RefusalLimit {
  /** Milliseconds that this source has to wait; 0 when it may try. */
  waitMs(source: string): number
  /** Notes one refusal of this source. */
  count(source: string): void
}

const MOST_SOURCES = 10_000

/**
 * Bounds what forged requests cost: a signature check, an audit row. What is good is never counted,
 * so that a provider that signs out everybody at once is heard. In process: it protects this process,
 * and needs no agreement with others.
 */
export function createRefusalLimit({ clock, most, windowMs }: RefusalLimitRules): RefusalLimit {
  const counts = new Map<string, { refused: number; readonly until: number }>()

  function live(source: string) {
    const found = counts.get(source)
    if (found !== undefined && found.until > clock.monotonic()) return found
    counts.delete(source)
    return undefined
  }

  return {
    waitMs(source) {
      const found = live(source)
      if (found === undefined || found.refused < most) return 0
      return found.until - clock.monotonic()
    },
    count(source) {
      const found = live(source) ?? { refused: 0, until: clock.monotonic() + windowMs }
      found.refused += 1
      counts.set(source, found)
      // Insertion order is age, so the oldest goes: memory stays bounded whoever calls.
      const [oldest] = counts.keys()
      if (counts.size > MOST_SOURCES && oldest !== undefined) counts.delete(oldest)
    },
  }
}
