import { z } from 'zod'
import { bytes, platformTable, ref, timestamp } from '../../data/index.ts'

const sessions = platformTable(
  'sessions',
  () => ({
    id: z.uuid(),
    id_hash: bytes(),
    family_id: z.uuid(),
    kind: z.enum(['browser', 'token']).default('browser'),
    person_id: ref('people', { onDelete: 'cascade' }),
    tenant_id: ref('tenants', { onDelete: 'set null' }).nullable(),
    membership_version: z.int32().nullable(),
    identity_id: ref('identities', { onDelete: 'set null' }).nullable(),
    provider: z.string(),
    provider_session_id: z.string().nullable(),
    scopes: z.array(z.string()).nullable(),
    acr: z.string().nullable(),
    amr: z.array(z.string()).default([]),
    fingerprint: bytes(),
    user_agent: z.string().nullable(),
    client_address: z.string().nullable(),
    created_at: timestamp().default('now'),
    authenticated_at: timestamp(),
    last_seen_at: timestamp(),
    mismatch_reported_at: timestamp().nullable(),
    rotated_at: timestamp().nullable(),
    expires_at: timestamp(),
    absolute_expires_at: timestamp(),
    revoked_at: timestamp().nullable(),
    revoke_reason: z.string().nullable(),
    successor_id: z.uuid().nullable(),
    successor_sealed: bytes().nullable(),
    id_token_sealed: bytes().nullable(),
    refresh_token_sealed: bytes().nullable(),
  }),
  {
    unique: [['id_hash']],
    index: {
      family: '(family_id)',
      identity: '(identity_id)',
      person: '(person_id)',
      expiry: '(absolute_expires_at)',
      provider_session: '(provider, provider_session_id) where (provider_session_id is not null)',
    },
    triggers: ['tell_changed', 'tell_deleted'],
  },
)

/** Sessions; a dump of them opens none. */
export const sessionTables = [sessions]
