import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import type { Job } from '../../feature/index.ts'
import { job } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import { apiKeyEnding } from '../../notify/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { apiKeyEvents } from './api-keys.events.ts'
import type { KeysDeps } from './keys-deps.ts'
import { behindKey } from './tell-of-key.ts'

const DAY_MS = 86_400_000

type AnnounceDeps = Pick<KeysDeps, 'clock' | 'settings' | 'notify' | 'baseUrl'>

interface EndingKey {
  readonly id: Id<'api-key'>
  readonly name: string
  readonly prefix: string
  readonly expires_at: string
  readonly owner_id: Id<'person'>
  readonly owner_kind: 'human' | 'service'
  readonly created_by: Id<'person'> | null
}

/**
 * Once a day: whoever is behind a key that ends within `api_keys.announce_days` is told by mail, once
 * for each end that it is given (ASVS 6.4.5). Not of keys that were made for less time than that, nor
 * of those that a successor has.
 */
export function announceEndsJob(deps: AnnounceDeps): Job<Record<never, never>> {
  const { clock, settings } = deps
  return job('identity.announce_key_ends', {
    cron: '23 6 * * *',
    in: 'each tenant',
    handle: async ({ tx, actor }) => {
      if (settings.announce_days === 0) return
      const ending = await takeEnding(tx, clock.now(), settings.announce_days * DAY_MS)
      for (const key of ending) {
        const isTold = await announce(deps, tx, key)
        const target = { type: 'api_key', id: key.id }
        const data = { expires_at: key.expires_at, told: isTold }
        await record(tx, actor, apiKeyEvents.end_announced({ outcome: 'success', target, data }))
      }
    },
  })
}

async function takeEnding(tx: Tx, nowMs: number, windowMs: number): Promise<readonly EndingKey[]> {
  const { rows } = await tx.query<EndingKey>(
    `update plinth.api_keys k set announced_end = k.expires_at
       from plinth.people p
      where p.id = k.owner_id and k.tenant_id = $1 and k.revoked_at is null and k.successor_id is null
        and k.expires_at > $2 and k.expires_at <= $3
        and k.created_at < k.expires_at - make_interval(secs => $4)
        and k.announced_end is distinct from k.expires_at
      returning k.id, k.name, k.prefix, k.expires_at, k.owner_id, p.kind as owner_kind, k.created_by`,
    [tx.tenant, isoTime(nowMs), isoTime(nowMs + windowMs), windowMs / 1_000],
  )
  return rows
}

/** Whether there is anybody with an address to tell. */
async function announce(
  { notify, baseUrl }: AnnounceDeps,
  tx: Tx,
  key: EndingKey,
): Promise<boolean> {
  const to = await behindKey(tx, key, key.created_by)
  if (to === undefined) return false
  const { name, prefix, expires_at: ends } = key
  await notify.mail(tx, apiKeyEnding, to, { name: to.name, key: name, prefix, ends, baseUrl })
  return true
}
