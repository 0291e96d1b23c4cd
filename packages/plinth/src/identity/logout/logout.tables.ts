import { bytes, platformTable, timestamp } from '../../data/index.ts'

const tokens = platformTable(
  'logout_tokens',
  { token_hash: bytes(), expires_at: timestamp(), consumed_at: timestamp().nullable() },
  { key: ['token_hash'], index: { expiry: '(expires_at)' } },
)

/** Logout tokens that were taken. */
export const logoutTables = [tokens]
