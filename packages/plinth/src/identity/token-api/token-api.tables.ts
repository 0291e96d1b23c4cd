import { z } from 'zod'
import { bytes, platformTable, ref, timestamp } from '../../data/index.ts'

const refreshTokens = platformTable(
  'refresh_tokens',
  () => ({
    id: z.uuid(),
    token_hash: bytes(),
    session_id: ref('sessions', { onDelete: 'cascade' }),
    generation: z.int32(),
    created_at: timestamp().default('now'),
    expires_at: timestamp(),
    used_at: timestamp().nullable(),
    successor_sealed: bytes().nullable(),
  }),
  {
    unique: [['token_hash'], ['session_id', 'generation']],
    index: { grace: '(used_at) where (successor_sealed is not null)' },
  },
)

/** Refresh tokens of sign-ins by the token API; a dump of them refreshes nothing. */
export const tokenApiTables = [refreshTokens]
