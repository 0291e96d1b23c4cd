import type { Actor } from '../../access/index.ts'
import { recordOutside } from '../../audit/index.ts'
import type { Refusal } from '../../http/index.ts'
import { apiKeyEvents } from './api-keys.events.ts'
import type { NoteKeyUseDeps } from './note-key-use.ts'
import { seldom } from './seldom.ts'
import type { KeyRefusal } from './usable-key.ts'

/** What noting refusals takes. */
export interface RefusalNoteDeps extends NoteKeyUseDeps {
  /** Writes down what names no key, in the bounds of all that nobody in particular is refused. */
  readonly refused: (refusal: Refusal) => Promise<void>
}

/** Writes the audit row of a refused key. */
export type RefusalNote = (why: KeyRefusal, actor: Actor) => Promise<void>

/** A program that goes on with a dead key would else fill the audit log. */
const AUDIT_EVERY_MS = 60_000

/** Notes refusals: once a minute for each key and reason. The refusal stands, whatever comes of it. */
export function createRefusalNote(deps: RefusalNoteDeps): RefusalNote {
  const { platform, clock, log, refused } = deps
  const isDue = seldom(clock, AUDIT_EVERY_MS)
  return async (why, actor) => {
    if (!('id' in why)) {
      const { code: reason } = why
      const { action } = apiKeyEvents.refused({ outcome: 'denied', reason })
      return refused({ actor, tenant: null, action, outcome: 'denied', reason })
    }
    if (!isDue(`${why.id} ${why.code}`)) return
    const { code: reason, id, tenant } = why
    const target = { type: 'api_key', id }
    const event = apiKeyEvents.refused({ outcome: 'denied', reason, target })
    const by = { ...actor, credential: { kind: 'api-key' as const, id } }
    try {
      await recordOutside(platform, by, event, tenant)
    } catch (error) {
      log.warn({ error, key: id, reason }, 'an audit row of a refused API key could not be written')
    }
  }
}
