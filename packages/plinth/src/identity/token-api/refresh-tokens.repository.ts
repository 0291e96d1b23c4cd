import type { PlatformTx } from '../../data/index.ts'
import { consume } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Amr } from '../sessions/second-factors.ts'

/** A sign-in by the token API, as it stands now: what its tokens say. Times are ISO texts. */
export interface TokenSession {
  readonly session: Id<'session'>
  readonly person_id: Id<'person'>
  readonly name: string
  readonly email: string | null
  readonly person_status: string
  /** The tenant, when it is active and the person is in it. */
  readonly tenant_id: Id<'tenant'> | null
  readonly role: string | null
  readonly grants: readonly string[] | null
  readonly authenticated_at: string
  readonly acr: string | null
  /** With what they proved who they are. */
  readonly amr: readonly Amr[]
  readonly revoked_at: string | null
  readonly expires_at: string
  readonly absolute_expires_at: string
  /** Whether what the person may do in the tenant changed since they signed in. */
  readonly standing_changed: boolean
}

const SESSION = `
  s.id as session, s.person_id, p.name, p.email, p.status as person_status, t.id as tenant_id,
  m.role, m.grants, s.authenticated_at, s.acr, s.amr, s.revoked_at, s.expires_at,
  s.absolute_expires_at,
  m.version is distinct from s.membership_version
    or (s.tenant_id is not null and t.id is null) as standing_changed`
const STANDING = `
  join plinth.people p on p.id = s.person_id
  left join plinth.memberships m on m.tenant_id = s.tenant_id and m.person_id = s.person_id
                                and m.status = 'active'
  left join plinth.tenants t on t.id = m.tenant_id and t.status = 'active'`

/** A refresh token and the sign-in behind it. */
export interface HeldToken extends TokenSession {
  readonly id: Id<'refresh-token'>
  readonly generation: number
  readonly used_at: string | null
  readonly successor_sealed: Buffer | null
}

const BY_TOKEN = 'select session_id from plinth.refresh_tokens where token_hash = $1'
// Row-level security shows a membership to its own person only, so that is said before it is read.
const ENTER = `
  select set_config('plinth.person_id', person_id::text, true) from plinth.sessions where id =`

/**
 * Finds a refresh token and holds its family until the transaction ends: whoever ends sessions takes
 * the same lock first, and of two that bring tokens of one family the second sees what the first did.
 */
export async function holdFamily(
  tx: PlatformTx,
  tokenHash: Buffer,
): Promise<HeldToken | undefined> {
  const values = [tokenHash]
  const [, , found] = await tx.batch([
    { text: `select id from plinth.sessions where id = (${BY_TOKEN}) for update`, values },
    { text: `${ENTER} (${BY_TOKEN})`, values },
    {
      text: `select r.id, r.generation, r.used_at, r.successor_sealed, ${SESSION}
               from plinth.refresh_tokens r join plinth.sessions s on s.id = r.session_id ${STANDING}
              where r.token_hash = $1 and s.kind = 'token'`,
      values,
    },
  ])
  return found?.rows[0] as HeldToken | undefined
}

/** Claims the one use of a refresh token; false when it was used before or is too old. */
export async function useRefreshToken(
  tx: PlatformTx,
  tokenHash: Buffer,
  now: string,
): Promise<boolean> {
  return (await consume(tx, 'refresh_tokens', { token_hash: tokenHash }, now)) !== undefined
}

/** A refresh token as it is written. */
export interface NewRefreshToken {
  readonly id: Id<'refresh-token'>
  readonly tokenHash: Buffer
  readonly session: Id<'session'>
  readonly generation: number
  readonly now: string
  readonly expiresAt: string
}

const INSERT = `
  insert into plinth.refresh_tokens (id, token_hash, session_id, generation, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6)`
const insertValues = (token: NewRefreshToken) => [
  token.id,
  token.tokenHash,
  token.session,
  token.generation,
  token.now,
  token.expiresAt,
]

/** Writes the first refresh token of a sign-in that was just made, and reads what that is. */
export async function insertFirst(
  tx: PlatformTx,
  token: NewRefreshToken,
): Promise<TokenSession | undefined> {
  const values = [token.session]
  const [, , found] = await tx.batch([
    { text: INSERT, values: insertValues(token) },
    { text: `${ENTER} $1`, values },
    {
      text: `select ${SESSION} from plinth.sessions s ${STANDING} where s.id = $1 and s.kind = 'token'`,
      values,
    },
  ])
  return found?.rows[0] as TokenSession | undefined
}

/** A token's successor, and from where the token came. */
export interface Succession {
  readonly from: Id<'refresh-token'>
  readonly to: NewRefreshToken
  /** The successor, for whoever holds the old token. */
  readonly sealed: Buffer
  readonly clientAddress: string | null
}

/** Writes a successor; the sign-in was used now. */
export async function insertSuccessor(tx: PlatformTx, succession: Succession): Promise<void> {
  const { from, to, sealed, clientAddress } = succession
  await tx.batch([
    { text: INSERT, values: insertValues(to) },
    {
      text: 'update plinth.refresh_tokens set successor_sealed = $2 where id = $1',
      values: [from, sealed],
    },
    {
      text: `update plinth.sessions
                set last_seen_at = $2, expires_at = $3, client_address = coalesce($4, client_address)
              where id = $1`,
      values: [to.session, to.now, to.expiresAt, clientAddress],
    },
  ])
}
