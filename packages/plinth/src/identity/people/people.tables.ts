import { z } from 'zod'
import { bytes, jsonObject, platformTable, ref, timestamp } from '../../data/index.ts'
import { CONTACT_METHODS, GENDERS } from './person-fields.ts'

const people = platformTable(
  'people',
  () => ({
    id: z.uuid(),
    kind: z.enum(['human', 'service']).default('human'),
    name: z.string(),
    named_by_self: z.boolean().default(false),
    email: z.string().nullable(),
    email_verified: z.boolean().default(false),
    given_name: z.string().nullable(),
    family_name: z.string().nullable(),
    avatar_url: z.string().nullable(),
    bio: z.string().nullable(),
    phone: z.string().nullable(),
    date_of_birth: z.iso.date().nullable(),
    gender: z.enum(GENDERS).nullable(),
    preferred_contact_method: z.enum(CONTACT_METHODS).nullable(),
    locale: z.string().nullable(),
    timezone: z.string().nullable(),
    address_line1: z.string().nullable(),
    address_line2: z.string().nullable(),
    city: z.string().nullable(),
    region: z.string().nullable(),
    postal_code: z.string().nullable(),
    country_code: z.string().nullable(),
    marketing_opt_in: z.boolean().default(false),
    notes: z.string().nullable(),
    metadata: jsonObject().default({}),
    status: z.enum(['active', 'disabled', 'archived', 'erased']).default('active'),
    erased_at: timestamp().nullable(),
    version: z.int32().default(1),
    created_at: timestamp().default('now'),
    updated_at: timestamp().default('now'),
  }),
  {
    index: { email: '(lower(email))' },
    check: { country_code_check: "(country_code ~ '^[A-Z]{2}$'::text)" },
    triggers: ['end_sessions', 'tell_changed'],
  },
)

const identities = platformTable(
  'identities',
  () => ({
    id: z.uuid(),
    person_id: ref('people', { onDelete: 'cascade' }),
    issuer: z.string(),
    subject: z.string(),
    provider: z.string(),
    email: z.string().nullable(),
    email_verified: z.boolean().default(false),
    last_sign_in_at: timestamp().nullable(),
    created_at: timestamp().default('now'),
  }),
  {
    unique: [['issuer', 'subject']],
    index: { person: '(person_id)' },
    triggers: ['tell_gone'],
  },
)

const knownDevices = platformTable(
  'known_devices',
  () => ({
    person_id: ref('people', { onDelete: 'cascade' }),
    device_hash: bytes(),
    first_seen_at: timestamp().default('now'),
  }),
  { key: ['person_id', 'device_hash'] },
)

const importedPeople = platformTable(
  'imported_people',
  () => ({
    source: z.string(),
    external_id: z.string(),
    person_id: ref('people', { onDelete: 'cascade' }),
    imported_at: timestamp().default('now'),
  }),
  { key: ['source', 'external_id'], index: { person: '(person_id)' } },
)

/** People, their accounts at providers, the devices they were seen at, and where they came from. */
export const peopleTables = [people, identities, knownDevices, importedPeople]
