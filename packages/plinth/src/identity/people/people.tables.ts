import { z } from 'zod'
import { bytes, platformTable, ref, timestamp } from '../../data/index.ts'

const people = platformTable(
  'people',
  {
    id: z.uuid(),
    name: z.string(),
    email: z.string().nullable(),
    email_verified: z.boolean().default(false),
    given_name: z.string().nullable(),
    family_name: z.string().nullable(),
    status: z.enum(['active', 'disabled']).default('active'),
    version: z.int32().default(1),
    created_at: timestamp().default('now'),
    updated_at: timestamp().default('now'),
  },
  { index: { email: '(lower(email))' }, triggers: ['tell_changed'] },
)

const identities = platformTable(
  'identities',
  {
    id: z.uuid(),
    person_id: ref('people', { onDelete: 'cascade' }),
    issuer: z.string(),
    subject: z.string(),
    provider: z.string(),
    email: z.string().nullable(),
    email_verified: z.boolean().default(false),
    last_sign_in_at: timestamp().nullable(),
    created_at: timestamp().default('now'),
  },
  { unique: [['issuer', 'subject']], index: { person: '(person_id)' } },
)

const knownDevices = platformTable(
  'known_devices',
  {
    person_id: ref('people', { onDelete: 'cascade' }),
    device_hash: bytes(),
    first_seen_at: timestamp().default('now'),
  },
  { key: ['person_id', 'device_hash'] },
)

/** People, their accounts at providers, and the devices they were seen at. */
export const peopleTables = [people, identities, knownDevices]
