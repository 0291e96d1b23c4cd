import { z } from 'zod'
import { bytes, platformTable, ref, timestamp } from '../../data/index.ts'

const person = () => ref('people', { onDelete: 'cascade' })

const methods = platformTable(
  'mfa_methods',
  () => ({
    id: z.uuid(),
    person_id: person(),
    kind: z.enum(['totp', 'email', 'sms']),
    label: z.string().nullable(),
    address: z.string().nullable(),
    secret_sealed: bytes().nullable(),
    key_id: z.string().nullable(),
    challenge_id: ref('mfa_challenges', { onDelete: 'cascade' }).nullable(),
    last_step: z.int32().nullable(),
    confirmed_at: timestamp().nullable(),
    last_used_at: timestamp().nullable(),
    created_at: timestamp().default('now'),
    expires_at: timestamp().nullable(),
  }),
  {
    index: {
      active: 'unique (person_id, kind) where (confirmed_at is not null)',
      person: '(person_id)',
    },
  },
)

const codes = platformTable(
  'mfa_codes',
  () => ({
    id: z.uuid(),
    method_id: ref('mfa_methods', { onDelete: 'cascade' }),
    scope_hash: bytes(),
    code_hash: bytes(),
    created_at: timestamp().default('now'),
    expires_at: timestamp(),
    consumed_at: timestamp().nullable(),
  }),
  { index: { method: '(method_id)', expiry: '(expires_at)' } },
)

const sends = platformTable(
  'mfa_sends',
  () => ({ bucket_hash: bytes(), window_start: timestamp(), sent: z.int32().default(1) }),
  { key: ['bucket_hash', 'window_start'] },
)

const recoveryCodes = platformTable(
  'recovery_codes',
  () => ({
    id: z.uuid(),
    person_id: person(),
    code_hash: bytes(),
    created_at: timestamp().default('now'),
    used_at: timestamp().nullable(),
  }),
  { unique: [['person_id', 'code_hash']] },
)

const challenges = platformTable(
  'mfa_challenges',
  () => ({
    id: z.uuid(),
    token_hash: bytes(),
    person_id: person(),
    wants: z.enum(['factor', 'enrolment']),
    sign_in_sealed: bytes(),
    fingerprint: bytes(),
    password_version: z.int32().nullable(),
    tries: z.int32().default(0),
    created_at: timestamp().default('now'),
    expires_at: timestamp(),
    consumed_at: timestamp().nullable(),
  }),
  { unique: [['token_hash']], index: { person: '(person_id)', expiry: '(expires_at)' } },
)

const rememberedDevices = platformTable(
  'remembered_devices',
  () => ({
    id: z.uuid(),
    person_id: person(),
    token_hash: bytes(),
    password_version: z.int32().nullable(),
    user_agent: z.string().nullable(),
    created_at: timestamp().default('now'),
    last_used_at: timestamp().nullable(),
    expires_at: timestamp(),
  }),
  { unique: [['token_hash']], index: { person: '(person_id)', expiry: '(expires_at)' } },
)

const rules = platformTable(
  'mfa_rules',
  () => ({
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    everybody: z.boolean().default(false),
    roles: z.array(z.string()).default([]),
    updated_at: timestamp().default('now'),
  }),
  { key: ['tenant_id'] },
)

/** Second factors, what is sent and remembered of them, and of whom they are demanded. */
export const mfaTables = [
  methods,
  codes,
  sends,
  recoveryCodes,
  challenges,
  rememberedDevices,
  rules,
]
