import { z } from 'zod'
import { bytes, json, platformTable, ref, timestamp } from '../../data/index.ts'
import { CLIENT_AUTHENTICATIONS } from './client-authentications.ts'

const clients = platformTable(
  'oauth_clients',
  () => ({
    id: z.uuid(),
    name: z.string(),
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    person_id: ref('people', { onDelete: 'cascade' }),
    authentication: z.enum(CLIENT_AUTHENTICATIONS),
    public_jwks: json(z.array(z.record(z.string(), z.json()))).nullable(),
    scopes: z.array(z.string()),
    created_at: timestamp().default('now'),
    created_by: ref('people', { onDelete: 'set null' }).nullable(),
    last_used_at: timestamp().nullable(),
    revoked_at: timestamp().nullable(),
  }),
  {
    index: { tenant: '(tenant_id, id)', person: '(person_id)' },
    check: {
      keys_check: "((authentication = 'private_key_jwt'::text) = (public_jwks is not null))",
    },
    triggers: ['tell_changed', 'tell_deleted'],
  },
)

const secrets = platformTable(
  'oauth_client_secrets',
  () => ({
    id: z.uuid(),
    client_id: ref('oauth_clients', { onDelete: 'cascade' }),
    secret_hash: bytes(),
    created_at: timestamp().default('now'),
    expires_at: timestamp().nullable(),
  }),
  { unique: [['secret_hash']], index: { client: '(client_id)' } },
)

const tokens = platformTable(
  'oauth_tokens',
  () => ({
    id: z.uuid(),
    client_id: ref('oauth_clients', { onDelete: 'cascade' }),
    person_id: ref('people', { onDelete: 'cascade' }),
    scopes: z.array(z.string()),
    created_at: timestamp().default('now'),
    expires_at: timestamp(),
    revoked_at: timestamp().nullable(),
  }),
  {
    index: { client: '(client_id)', person: '(person_id)', expiry: '(expires_at)' },
    triggers: ['tell_changed'],
  },
)

const assertions = platformTable(
  'client_assertions',
  () => ({ token_hash: bytes(), expires_at: timestamp(), consumed_at: timestamp().nullable() }),
  { key: ['token_hash'], index: { expiry: '(expires_at)' } },
)

/** Machine clients, their secrets, and what they were given. */
export const oauthTables = [clients, secrets, tokens, assertions]
