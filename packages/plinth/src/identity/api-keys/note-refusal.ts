import type { Actor } from '../../access/index.ts'
import { recordOutside } from '../../audit/index.ts'
import { apiKeyEvents } from './api-keys.events.ts'
import type { NoteKeyUseDeps } from './note-key-use.ts'
import { seldom } from './seldom.ts'
import type { KeyRefusal } from './usable-key.ts'

/** Writes the audit row of a refused key; for a key that is in no table there is nothing to name. */
export type RefusalNote = (why: KeyRefusal, actor: Actor) => Promise<void>

/** A program that goes on with a dead key would else fill the audit log. */
const AUDIT_EVERY_MS = 60_000

/** Notes refusals: once a minute for each key and reason. The refusal stands, whatever comes of it. */
export function createRefusalNote({ platform, clock, log }: NoteKeyUseDeps): RefusalNote {
  const isDue = seldom(clock, AUDIT_EVERY_MS)
  return async (why, actor) => {
    if (why.code === 'unknown' || !isDue(`${why.id} ${why.code}`)) return
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
