import type { Read } from '../../cache/index.ts'
import { createReadCache } from '../../cache/index.ts'
import type { Database, Listener } from '../../data/index.ts'
import type { SessionPrincipal } from './session.ts'

/**
 * A session whose ordinary request needs no look at the database: until a moment, from one kind of
 * browser. Whatever is not ordinary is read, and so is whatever would be refused: the cache never
 * says no.
 */
export interface KnownSession {
  readonly principal: SessionPrincipal
  /** The header that was found to be the right browser. */
  readonly userAgent: string | undefined
  readonly readAtMs: number
  readonly untilMs: number
}

/** The sessions that this process has in memory, by the hash of their id. */
export interface SessionCache {
  /**
   * The principal of an ordinary request; undefined when the database must be asked, which is always
   * so while news of revocations may be more than a second late.
   */
  find(key: string, nowMs: number, userAgent: string | undefined): SessionPrincipal | undefined
  beginRead(): Read<KnownSession>
  /** Drops what is known of a person without waiting for the news of what this process did. */
  forget(person: string): void
  readonly statistics: SessionCacheStatistics
}

/** What the cache did since the process started. */
export interface SessionCacheStatistics {
  readonly entries: number
  readonly hits: number
  readonly misses: number
  /** Requests that were not looked for, because news might be late. */
  readonly bypassed: number
  readonly state: ReturnType<Listener['state']>
}

/** What a session cache is made from. */
export interface SessionCacheOptions {
  readonly listen: Database['listen']
  /** Sessions at most. */
  readonly most: number
}

/** The channel on which the triggers of migration 0021 tell what changed. */
const CHANNEL = 'plinth_sessions'

/** Keeps sessions that were read, and drops them when the database tells that they changed. */
export function createSessionCache({ listen, most }: SessionCacheOptions): SessionCache {
  const cache = createReadCache<KnownSession>(most)
  const listener = listen(CHANNEL, { hear: cache.changed, missed: cache.clear })
  let [hits, misses, bypassed] = [0, 0, 0]
  return {
    find(key, nowMs, userAgent) {
      if (!listener.isCurrent()) {
        bypassed += 1
        cache.drop(key)
        return undefined
      }
      const known = cache.get(key)
      if (known === undefined || !isOrdinary(known, nowMs, userAgent)) {
        misses += 1
        return undefined
      }
      hits += 1
      return known.principal
    },
    beginRead: cache.beginRead,
    forget: (person) => cache.changed(`person ${person}`),
    get statistics() {
      return { entries: cache.size, hits, misses, bypassed, state: listener.state() }
    },
  }
}

/** A clock that was set back makes nothing last longer. */
function isOrdinary(known: KnownSession, nowMs: number, userAgent: string | undefined): boolean {
  return nowMs >= known.readAtMs && nowMs < known.untilMs && known.userAgent === userAgent
}
