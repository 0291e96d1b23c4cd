import type { Queryable } from './db.ts'

/**
 * Everything that can be used once. The list is closed: identifiers of the statement come from here
 * and from nowhere else, and a new kind of single use is a line in a review.
 */
const consumables = {
  pending_logins: {
    table: 'plinth.pending_logins',
    keys: ['state_hash', 'cookie_hash'],
    used: 'consumed_at',
    holds: '',
    returns: [
      'id',
      'provider',
      'nonce',
      'code_verifier',
      'redirect_uri',
      'return_to',
      'fingerprint',
      'created_at',
      'expires_at',
      'purpose',
      'max_age_seconds',
      'acr_values',
      'person_id',
      'session_family_id',
    ],
  },
  /** The consent to link an account, by the session that it was offered to. */
  link_offers: {
    table: 'plinth.link_offers',
    keys: ['id', 'person_id', 'session_family_id'],
    used: 'consumed_at',
    holds: ' and expires_at > $1',
    returns: ['id', 'issuer', 'subject', 'provider', 'email', 'return_to'],
  },
  /** What was sent to somebody or kept by their browser, for one purpose. */
  one_time_tokens: {
    table: 'plinth.one_time_tokens',
    keys: ['token_hash', 'purpose'],
    used: 'consumed_at',
    holds: ' and expires_at > $1',
    returns: ['id', 'person_id', 'data', 'created_at'],
  },
  /** A sign-in that waits for its second factor. */
  mfa_challenges: {
    table: 'plinth.mfa_challenges',
    keys: ['id'],
    used: 'consumed_at',
    holds: ' and expires_at > $1',
    returns: ['id', 'person_id'],
  },
  /** A code that was sent, where it was sent for. */
  mfa_codes: {
    table: 'plinth.mfa_codes',
    keys: ['method_id', 'scope_hash', 'code_hash'],
    used: 'consumed_at',
    holds: ' and expires_at > $1',
    returns: ['id'],
  },
  recovery_codes: {
    table: 'plinth.recovery_codes',
    keys: ['person_id', 'code_hash'],
    used: 'used_at',
    holds: '',
    returns: ['id'],
  },
  /** The one rotation of an API key. */
  api_key_rotations: {
    table: 'plinth.api_keys',
    keys: ['id'],
    used: 'rotated_at',
    holds: ' and revoked_at is null and (expires_at is null or expires_at > $1)',
    returns: ['id'],
  },
  /** The one rotation of a session (decision D9). */
  session_rotations: {
    table: 'plinth.sessions',
    keys: ['id_hash'],
    used: 'rotated_at',
    holds: ' and revoked_at is null and expires_at > $1',
    returns: [
      'id',
      'family_id',
      'person_id',
      'tenant_id',
      'identity_id',
      'provider',
      'authenticated_at',
      'acr',
      'amr',
      'kind',
      'provider_session_id',
      'scopes',
      'absolute_expires_at',
      'id_token_sealed',
      'refresh_token_sealed',
    ],
  },
  /** The one use of a refresh token (decision D9). */
  refresh_tokens: {
    table: 'plinth.refresh_tokens',
    keys: ['token_hash'],
    used: 'used_at',
    holds: ' and expires_at > $1',
    returns: ['id', 'session_id', 'generation'],
  },
  /** What a machine client proved itself with, noted when it was verified. */
  client_assertions: {
    table: 'plinth.client_assertions',
    keys: ['token_hash'],
    used: 'consumed_at',
    holds: '',
    returns: ['token_hash'],
  },
  /** A logout token of a provider, noted when it was verified. */
  logout_tokens: {
    table: 'plinth.logout_tokens',
    keys: ['token_hash'],
    used: 'consumed_at',
    holds: '',
    returns: ['token_hash'],
  },
} as const

/** Name of a thing that can be used once. */
export type Consumable = keyof typeof consumables

/** What finds one: all of its keys must match. */
export type ConsumableKey<C extends Consumable> = {
  readonly [K in (typeof consumables)[C]['keys'][number]]: Buffer | string
}

/** The columns that come back to the one who used it. */
export type ConsumedColumn<C extends Consumable> = (typeof consumables)[C]['returns'][number]

const texts = new Map(
  Object.entries(consumables).map(([name, { table, keys, used, holds, returns }]) => {
    const found = keys.map((key, at) => `${key} = $${at + 2}`).join(' and ')
    const text =
      `update ${table} set ${used} = $1 where ${found} and ${used} is null${holds} ` +
      `returning ${returns.join(', ')}`
    return [name, { text, keys }]
  }),
)

/**
 * Uses a thing up, in one conditional statement: of any number of callers at once exactly one gets
 * the row. Never read first and written later (CWE-367).
 * @param at when it was used, ISO 8601
 * @returns undefined when it is unknown, or was used before; the two look alike on purpose
 */
export async function consume<R, C extends Consumable = Consumable>(
  db: Queryable,
  what: C,
  key: ConsumableKey<C>,
  at: string,
): Promise<R | undefined> {
  const statement = texts.get(what)
  if (statement === undefined) throw new TypeError(`"${what}" cannot be consumed`)
  const given = new Map<string, Buffer | string>(Object.entries(key))
  const values = statement.keys.map((name) => given.get(name))
  const { rows } = await db.query<R>(statement.text, [at, ...values])
  return rows[0]
}
