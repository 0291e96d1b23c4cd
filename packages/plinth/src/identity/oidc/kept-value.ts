import type { Clock } from '../../kernel/index.ts'

/** How a value from another host is kept. */
export interface KeptOptions<T> {
  readonly clock: Clock
  readonly fetch: () => Promise<T>
  /** Milliseconds a value counts as fresh. */
  readonly freshMs: number
  /** Milliseconds beyond that in which it is used because a newer one cannot be had. */
  readonly staleMs: number
  /** Least milliseconds between two fetches, successful or not. */
  readonly coolDownMs: number
}

/** A value that lives on another host. */
export interface Kept<T> {
  /** The value, fetched when none is fresh; throws what the fetch threw when there is none at all. */
  get(): Promise<T>
  /** Fetches a newer value unless one was asked for within the cool-down; `get` may then differ. */
  renew(): Promise<void>
}

/**
 * Keeps a value of another host: fetched when first needed, once at a time for all who wait, never
 * twice within the cool-down, and used for a while longer when that host is down.
 */
export function keep<T>(options: KeptOptions<T>): Kept<T> {
  const { clock, fetch, freshMs, staleMs, coolDownMs } = options
  let held: { readonly value: T; readonly at: number } | undefined
  let failure: unknown
  let triedAt = Number.NEGATIVE_INFINITY
  let fetching: Promise<void> | undefined

  const age = () => clock.monotonic() - (held?.at ?? Number.NEGATIVE_INFINITY)

  async function fetchOnce(): Promise<void> {
    triedAt = clock.monotonic()
    try {
      held = { value: await fetch(), at: clock.monotonic() }
    } catch (error) {
      failure = error
    }
  }

  async function renew(): Promise<void> {
    const coolingDown = clock.monotonic() - triedAt < coolDownMs
    if (fetching === undefined && coolingDown) return
    fetching ??= fetchOnce().finally(() => {
      fetching = undefined
    })
    await fetching
  }

  return {
    renew,
    async get() {
      if (age() > freshMs) await renew()
      if (held === undefined || age() > freshMs + staleMs) throw failure
      return held.value
    },
  }
}
