import type { Tx } from '../../data/index.ts'

/** One request under one key. */
export interface KeyedRequest {
  /** Tenant, person, program, method, address and key, as one hash. */
  readonly keyHash: Buffer
  /** The body, as a hash. */
  readonly requestHash: Buffer
}

/** What was answered. */
export interface KeptAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON text; null for an answer without a body. */
  readonly body: string | null
}

/** What is known of a key. */
export type KeyState =
  | { readonly code: 'new' }
  | { readonly code: 'in_flight' }
  | { readonly code: 'other_request' }
  | { readonly code: 'answered'; readonly answer: KeptAnswer }

interface KeptRow extends KeptAnswer {
  readonly request_hash: Buffer
}

const LOCK = 'select pg_try_advisory_xact_lock($1::bigint) as mine'
const FIND = `
  select request_hash, status, headers, body from plinth.idempotency_keys
   where key_hash = $1 and expires_at > now()`
const KEEP = `
  insert into plinth.idempotency_keys
    (tenant_id, key_hash, request_hash, status, headers, body, expires_at)
  values ($1, $2, $3, $4, $5, $6, now() + make_interval(hours => $7))
  on conflict (tenant_id, key_hash) do update
    set request_hash = excluded.request_hash, status = excluded.status,
        headers = excluded.headers, body = excluded.body, expires_at = excluded.expires_at`
const FORGET = 'delete from plinth.idempotency_keys where expires_at <= now()'

/**
 * Claims a key until the transaction ends. Whoever comes meanwhile does not wait: the lock is
 * tried, and the answer is looked for only under it.
 */
export async function claimKey(tx: Tx, { keyHash, requestHash }: KeyedRequest): Promise<KeyState> {
  const lock = keyHash.readBigInt64BE(0).toString()
  const [locked, found] = await tx.batch([
    { text: LOCK, values: [lock] },
    { text: FIND, values: [keyHash] },
  ])
  if (locked?.rows[0]?.['mine'] !== true) return { code: 'in_flight' }
  const kept = found?.rows[0] as KeptRow | undefined
  if (kept === undefined) return { code: 'new' }
  if (!requestHash.equals(kept.request_hash)) return { code: 'other_request' }
  return { code: 'answered', answer: kept }
}

/** Keeps an answer in the transaction of what it tells of. */
export async function keepAnswer(
  tx: Tx,
  { keyHash, requestHash }: KeyedRequest,
  { status, headers, body, hours }: KeptAnswer & { readonly hours: number },
): Promise<void> {
  const values = [tx.tenant, keyHash, requestHash, status, JSON.stringify(headers), body, hours]
  await tx.query(KEEP, values)
}

/** Forgets the keys of a tenant that are old enough. */
export async function forgetKeys(tx: Tx): Promise<void> {
  await tx.query(FORGET)
}
