import { recordOutside } from '../audit/index.ts'
import type { PlatformDb } from '../data/index.ts'
import type { Refusal } from '../http/index.ts'
import type { Log } from '../telemetry/index.ts'

/**
 * Writes what was refused into the audit log, in a transaction of its own. Where even that fails
 * the refusal stands and the log says that its row is missing (ASVS 16.3.4).
 */
export function createRefusalRecorder(
  platform: PlatformDb,
  log: Log,
): (refusal: Refusal) => Promise<void> {
  return async ({ actor, tenant, action, outcome, reason }) => {
    try {
      await recordOutside(platform, actor, { action, outcome, reason }, tenant)
    } catch (error) {
      log.error({ error, action, outcome, reason }, 'an audit row could not be written')
    }
  }
}
