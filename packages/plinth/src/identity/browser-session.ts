import type { PlatformDb, PlatformTx } from '../data/index.ts'
import type { Id } from '../kernel/index.ts'
import { hashToken } from '../kernel/index.ts'

/** The live session of a browser, as far as another sign-in in the same browser concerns it. */
export interface BrowserSession {
  readonly id: Id<'session'>
  readonly family: Id<'session'>
  readonly person: Id<'person'>
  readonly identity: Id<'identity'> | null
  readonly tenant: Id<'tenant'> | null
  readonly provider: string
  /** When the person last proved to the provider who they are; rotation does not change it. */
  readonly authenticatedAt: string
}

const FIND = `
  select s.id, s.family_id as family, s.person_id as person, s.identity_id as identity, s.provider,
         s.tenant_id as tenant, s.authenticated_at as "authenticatedAt"
    from plinth.sessions s
    join plinth.people p on p.id = s.person_id and p.status = 'active'
   where s.id_hash = $1 and s.revoked_at is null and s.rotated_at is null and s.expires_at > $2`

/**
 * Finds the session of a browser's cookie. An id that was rotated away is none, also within its
 * grace: it answers reads, but neither steps up nor links (D9).
 * @param now ISO 8601
 */
export async function findBrowserSession(
  db: PlatformDb | PlatformTx,
  token: string | undefined,
  now: string,
): Promise<BrowserSession | undefined> {
  if (token === undefined) return undefined
  const { rows } = await db.query<BrowserSession>(FIND, [hashToken('session', token), now])
  return rows[0]
}
