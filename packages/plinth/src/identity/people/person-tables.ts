import { NIL_ID } from '../../kernel/index.ts'

/** Rows of a table that are about a person, and what becomes of them. */
export interface PersonTable {
  readonly table: string
  /** Which rows: SQL with the person as $1. */
  readonly where: string
  /** Whether the rows lie in tenants; the others are the platform's own. */
  readonly inTenants: boolean
  /** What of a row `t` is shown, as jsonb; all of it where this says nothing else. */
  readonly shows?: string
  /** Columns that never leave: what proves who somebody is, and what only machines read. */
  readonly hides: readonly string[]
  /**
   * What erasing the person does: `rows` go; `tombstone`: the row stays and says nothing; `address`:
   * the row stays without the address; `cascade`: they go with the rows of another table.
   */
  readonly erased: 'rows' | 'tombstone' | 'address' | 'cascade'
}

const OWN = 'person_id = $1'

function own(
  table: string,
  hides: readonly string[] = [],
  erased: PersonTable['erased'] = 'rows',
): PersonTable {
  return { table: `plinth.${table}`, where: OWN, inTenants: false, hides, erased }
}

function through(
  table: string,
  { column, of }: { readonly column: string; readonly of: string },
  hides: readonly string[],
): PersonTable {
  const where = `${column} in (select id from plinth.${of} where person_id = $1)`
  return { table: `plinth.${table}`, where, inTenants: false, hides, erased: 'cascade' }
}

const EVENTS = "actor_id = $1 or (target_type = 'person' and target_id = $1::text)"

/** Who else did something about a person, from where and with what, is theirs. */
function auditEvents(where: string): Omit<PersonTable, 'inTenants'> {
  const theirs = ['actor_id', 'client_address', 'request_id', 'credential_kind', 'credential_id']
  return {
    table: 'plinth.audit_events',
    where,
    shows: `case when t.actor_id = $1 then to_jsonb(t) else to_jsonb(t) - '{${theirs}}'::text[] end`,
    hides: [],
    erased: 'address',
  }
}

/**
 * Every table of the platform with rows about a person: what an export holds and what erasing them
 * takes away. A test compares this with the live catalogue, so that a new table is not forgotten.
 */
export const personTables: readonly PersonTable[] = [
  { ...own('people', [], 'tombstone'), where: 'id = $1' },
  own('identities'),
  own('sign_in_names'),
  own('imported_people'),
  own('known_devices', ['device_hash']),
  own('credentials', ['hash']),
  own('passkeys', ['public_key', 'credential_id']),
  own('mfa_challenges', ['token_hash', 'sign_in_sealed', 'fingerprint']),
  own('mfa_methods', ['secret_sealed', 'key_id']),
  through('mfa_codes', { column: 'method_id', of: 'mfa_methods' }, ['scope_hash', 'code_hash']),
  own('recovery_codes', ['code_hash']),
  own('remembered_devices', ['token_hash']),
  own('one_time_tokens', ['token_hash']),
  own('pending_logins', ['state_hash', 'cookie_hash', 'nonce', 'code_verifier', 'fingerprint']),
  own('link_offers'),
  through('refresh_tokens', { column: 'session_id', of: 'sessions' }, [
    'token_hash',
    'successor_sealed',
  ]),
  own('sessions', [
    'id_hash',
    'fingerprint',
    'successor_sealed',
    'id_token_sealed',
    'refresh_token_sealed',
  ]),
  { ...own('api_keys', ['key_hash']), where: 'owner_id = $1' },
  through('oauth_client_secrets', { column: 'client_id', of: 'oauth_clients' }, ['secret_hash']),
  own('oauth_tokens'),
  own('oauth_clients'),
  own('platform_roles', [], 'cascade'),
  { ...own('member_roles', [], 'cascade'), inTenants: true },
  { ...own('memberships'), inTenants: true },
  { ...own('invitations', [], 'address'), inTenants: true },
  { ...auditEvents(EVENTS), inTenants: true },
  { ...auditEvents(`tenant_id = '${NIL_ID}' and (${EVENTS})`), inTenants: false },
]

/** Columns that say who made something: emptied when that person is erased. */
export const personLinks: readonly { readonly table: string; readonly column: string }[] = [
  { table: 'plinth.api_keys', column: 'created_by' },
  { table: 'plinth.oauth_clients', column: 'created_by' },
]

/** The same in tenants. */
export const personLinksInTenants: typeof personLinks = [
  { table: 'plinth.invitations', column: 'invited_by' },
]

/** Tables of the platform without a row about a person, and why. */
export const impersonalTables: Readonly<Record<string, string>> = {
  'plinth.tenants': 'a personal tenant is deleted with its person; its rows go with it',
  'plinth.tenant_settings': 'what a tenant has set',
  'plinth.mfa_rules': 'what a tenant demands',
  'plinth.roles': 'what roles a tenant has',
  'plinth.role_permissions': 'what roles give',
  'plinth.permissions': 'what a tenant calls its own permissions',
  'plinth.attempts': 'keyed hashes that nobody can turn back, forgotten after days',
  'plinth.mfa_sends': 'keyed hashes that nobody can turn back, forgotten after hours',
  'plinth.idempotency_keys': 'answers kept for a day, under keyed hashes',
  'plinth.client_assertions': 'hashes of tokens of machines',
  'plinth.logout_tokens': 'hashes of tokens of providers',
  'plinth.provider_sign_outs': 'keyed hashes of names at providers, forgotten after minutes',
  'plinth.signing_keys': 'keys of the service',
  'plinth.migrations': 'the history of the schema',
}
