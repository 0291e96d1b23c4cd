import type { Principal } from '../access/index.ts'
import type { Read } from '../cache/index.ts'
import { createReadCache } from '../cache/index.ts'
import type { Database } from '../data/index.ts'

/** A principal that needs no look at the database until a moment. Times are milliseconds since 1970. */
export interface KnownPrincipal {
  readonly principal: Principal
  readonly readAtMs: number
  readonly untilMs: number
}

/** Who credentials stand for, as one process remembers it; keys are hashes, never credentials. */
export interface PrincipalCache {
  /**
   * Undefined when the database must be asked, which is always so while news of changes may be more
   * than a second late. The cache never says no.
   */
  find(key: string, nowMs: number): Principal | undefined
  beginRead(): Read<KnownPrincipal>
  /** Drops what is known of a subject without waiting for the news of what this process did. */
  forget(subject: string): void
}

/** What a principal cache is made from. */
export interface PrincipalCacheOptions {
  readonly listen: Database['listen']
  /** Principals at most; with 0 nothing is kept. */
  readonly most: number
  /** Told of each subject that changed, and of nothing when news were missed. */
  readonly heard?: (subject: string | undefined) => void
}

/** The channel on which the database's own triggers tell what changed. */
const CHANNEL = 'plinth_sessions'

/** Remembers who credentials stand for, and forgets it when the database tells of a change. */
export function createPrincipalCache(options: PrincipalCacheOptions): PrincipalCache {
  const { listen, most, heard } = options
  const cache = createReadCache<KnownPrincipal>(most)
  const listener = listen(CHANNEL, {
    hear(subject) {
      cache.changed(subject)
      heard?.(subject)
    },
    missed() {
      cache.clear()
      heard?.(undefined)
    },
  })
  return {
    find(key, nowMs) {
      if (most === 0) return undefined
      if (!listener.isCurrent()) {
        cache.drop(key)
        return undefined
      }
      const known = cache.get(key)
      // A clock that was set back makes nothing last longer.
      if (known === undefined || nowMs < known.readAtMs || nowMs >= known.untilMs) return undefined
      return known.principal
    },
    beginRead: cache.beginRead,
    forget: cache.changed,
  }
}
