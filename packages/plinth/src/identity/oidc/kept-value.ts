import type { Clock } from '../../kernel/index.ts'

/** How a value from another host is kept. */
export interface KeptOptions<T> {
  readonly clock: Clock
  readonly fetch: () => Promise<T>
  /** Milliseconds a value counts as fresh. */
  readonly freshMs: number
  /** Milliseconds beyond that in which it is used because a newer one cannot be had. */
  readonly staleMs: number
  /** Least milliseconds after a fetch that failed. */
  readonly retryMs: number
  /** Least milliseconds between two fetches that `renew` asks for. */
  readonly renewMs: number
}

/** A value that lives on another host. */
export interface Kept<T> {
  /** The value, fetched when none is fresh; throws what the fetch threw when there is none at all. */
  get(): Promise<T>
  /**
   * Sees to it that the value is not older than a moment of the monotonic clock, unless somebody
   * asked for that within the cool-down; `get` may then differ.
   */
  renew(since: number): Promise<void>
}

/**
 * Keeps a value of another host: fetched when first needed, once at a time for all who wait, seldom
 * when it fails or strangers ask for more, and used for a while longer when that host is down.
 */
export function keep<T>(options: KeptOptions<T>): Kept<T> {
  const { clock, freshMs, staleMs, retryMs, renewMs } = options
  let held: { readonly value: T; readonly at: number } | undefined
  let failed = { error: undefined as unknown, at: Number.NEGATIVE_INFINITY }
  let renewedAt = Number.NEGATIVE_INFINITY
  let fetching: Promise<void> | undefined

  const heldSince = () => held?.at ?? Number.NEGATIVE_INFINITY
  const age = () => clock.monotonic() - heldSince()
  const isResting = () => clock.monotonic() - failed.at < retryMs

  async function fetchOnce(): Promise<void> {
    // What it answers is at least as new as the question.
    const at = clock.monotonic()
    try {
      held = { value: await options.fetch(), at }
    } catch (error) {
      failed = { error, at: clock.monotonic() }
    }
  }

  function fetchShared(): Promise<void> {
    fetching ??= fetchOnce().finally(() => {
      fetching = undefined
    })
    return fetching
  }

  return {
    async renew(since) {
      if (heldSince() >= since || isResting()) return
      if (fetching !== undefined) return fetching
      if (clock.monotonic() - renewedAt < renewMs) return
      await fetchShared()
      if (heldSince() >= since) renewedAt = clock.monotonic()
    },
    async get() {
      const wasLost = failed.at > heldSince()
      const fetched = age() > freshMs && !isResting() ? fetchShared() : undefined
      // Of a host that failed last time nobody waits for the next answer while the old one serves.
      if (!wasLost || age() > freshMs + staleMs) await fetched
      if (held === undefined || age() > freshMs + staleMs) throw failed.error
      return held.value
    },
  }
}
