import { bytes, platformTable, timestamp } from '../../data/index.ts'

const tokens = platformTable(
  'logout_tokens',
  () => ({ token_hash: bytes(), expires_at: timestamp(), consumed_at: timestamp().nullable() }),
  { key: ['token_hash'], index: { expiry: '(expires_at)' } },
)

const signOuts = platformTable(
  'provider_sign_outs',
  () => ({ key_hash: bytes(), said_at: timestamp(), expires_at: timestamp() }),
  { key: ['key_hash'], index: { expiry: '(expires_at)' } },
)

/** Logout tokens that were taken, and what they said to sign-ins that are under way. */
export const logoutTables = [tokens, signOuts]
