import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { apiKeyEvents } from './api-keys.events.ts'
import { noteAddress, touchKey } from './api-keys.repository.ts'
import type { UsableKey } from './usable-key.ts'

/** What noting the use of a key needs. */
export interface NoteKeyUseDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  readonly log: { warn(facts: object, message?: string): void }
}

/** A use is noted once in so many milliseconds, however many there are. */
const NOTE_EVERY_MS = 60_000

/**
 * Notes that a key was used, unless that was done within the last minute. Nobody waits for it, and a
 * database that takes no writes at the moment fails no request.
 */
export function noteKeyUse({ platform, clock, log }: NoteKeyUseDeps, key: UsableKey): void {
  const now = clock.now()
  if (Math.abs(now - key.notedAtMs) < NOTE_EVERY_MS) return
  key.notedAtMs = now
  const use = { id: key.checked.id, now: isoTime(now), before: isoTime(now - NOTE_EVERY_MS + 1) }
  touchKey(platform, use).catch((error: unknown) => {
    log.warn({ error, key: key.checked.id }, 'the last use of an API key could not be noted')
  })
}

/**
 * Notes the first use of a key from an address (IPv6: from its /64), with its audit row. It fails no
 * request: what could not be written is tried again at the next one.
 */
export async function noteKeyAddress(
  { platform, log }: NoteKeyUseDeps,
  key: UsableKey,
  { address, actor }: { readonly address: string; readonly actor: Actor },
): Promise<void> {
  const { id, tenant, owner: person } = key.checked
  const by: Actor = { ...actor, kind: 'person', person, credential: { kind: 'api-key', id } }
  key.known.add(address)
  try {
    await platform.transaction(async (tx) => {
      if (!(await noteAddress(tx, id, address))) return
      const target = { type: 'api_key', id }
      const event = apiKeyEvents.first_use_from_address({ outcome: 'success', target })
      await tx.inTenant(tenant, (inside) => record(inside, by, event))
    })
  } catch (error) {
    key.known.delete(address)
    log.warn({ error, key: id }, 'the first use of an API key from an address could not be noted')
  }
}
