import type { SessionCache } from '../identity/index.ts'
import type { Metrics } from '../telemetry/index.ts'
import { Counter, Gauge } from '../telemetry/index.ts'

/**
 * Shows what the sessions in memory save, and whether they may be used: while the database's news
 * may be late, `plinth_session_cache_current` is 0 and every request is looked up.
 */
export function showSessionCache({ registry }: Metrics, cache: SessionCache): void {
  const registers = [registry]
  new Gauge({
    name: 'plinth_session_cache_entries',
    help: 'Sessions that this process has in memory.',
    registers,
    collect() {
      this.set(cache.statistics.entries)
    },
  })
  new Gauge({
    name: 'plinth_session_cache_current',
    help: '1 while news of revocations arrive in time or nobody asks, 0 while the cache is bypassed.',
    registers,
    collect() {
      this.set(cache.statistics.state === 'behind' ? 0 : 1)
    },
  })
  new Counter({
    name: 'plinth_session_lookups_total',
    help: 'Requests with a session: found in memory (hit), read (miss), read because news may be late (bypass).',
    labelNames: ['result'],
    registers,
    collect() {
      const { hits, misses, bypassed } = cache.statistics
      this.reset()
      this.inc({ result: 'hit' }, hits)
      this.inc({ result: 'miss' }, misses)
      this.inc({ result: 'bypass' }, bypassed)
    },
  })
}
