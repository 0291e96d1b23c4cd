import type { Actor } from '../access/index.ts'
import { recordOutside } from '../audit/index.ts'
import type { PlatformDb } from '../data/index.ts'
import type { Refusal } from '../http/index.ts'
import { addressBucket, createRefusalLimit } from '../http/index.ts'
import type { Clock } from '../kernel/index.ts'
import type { Log } from '../telemetry/index.ts'

/** What writing down refusals takes. */
export interface RefusalRecorderDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  readonly log: Pick<Log, 'warn' | 'error'>
}

/** Rows of nobody in particular: so many in a minute may one address (IPv6: a /64) cause, so many all. */
const OF_ONE = { most: 30, windowMs: 60_000 }
const OF_ALL = { most: 300, windowMs: 60_000 }

/**
 * Writes what was refused into the audit log, in a transaction of its own. Where even that fails
 * the refusal stands and the log says that its row is missing (ASVS 16.3.4). Make one for a process:
 * what nobody in particular was refused is bounded together, so that a flood fills no table.
 */
export function createRefusalRecorder(deps: RefusalRecorderDeps): (one: Refusal) => Promise<void> {
  const { platform, log } = deps
  const isRoomFor = createRoom(deps)
  return async ({ actor, tenant, action, outcome, reason }) => {
    if (actor.kind === 'anonymous' && !isRoomFor(actor)) return
    try {
      await recordOutside(platform, actor, { action, outcome, reason }, tenant)
    } catch (error) {
      log.error({ error, action, outcome, reason }, 'an audit row could not be written')
    }
  }
}

const EVERYBODY = 'everybody'

function createRoom({ clock, log }: RefusalRecorderDeps): (actor: Actor) => boolean {
  const one = createRefusalLimit({ clock, ...OF_ONE })
  const all = createRefusalLimit({ clock, ...OF_ALL })
  return ({ clientAddress }) => {
    const source = addressBucket(clientAddress ?? 'local')
    if (one.waitMs(source) > 0 || all.waitMs(EVERYBODY) > 0) return false
    one.count(source)
    all.count(EVERYBODY)
    if (all.waitMs(EVERYBODY) > 0) {
      log.warn({}, 'too many refusals of nobody in particular: for a while they leave no audit row')
    } else if (one.waitMs(source) > 0) {
      log.warn(
        { client_ip: clientAddress },
        'too many refusals at one address: for a while they leave no audit row',
      )
    }
    return true
  }
}
