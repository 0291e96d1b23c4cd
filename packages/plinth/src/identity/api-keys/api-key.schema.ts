import { z } from 'zod'
import { isAddressEntry } from './address-rule.ts'
import type { KeyRecord } from './api-key.ts'
import { keyStatus } from './api-key.ts'
import { KEY_TYPES } from './key-format.ts'
import { shownName } from './shown-name.ts'

const SCOPE = /^(\*|(?!platform:)[a-z][a-z0-9_-]{0,62}:(\*|[a-z][a-z0-9_-]{0,62}))$/
const MOST_METADATA_CHARACTERS = 4_096

const name = shownName.describe('What the key is for')
const scopes = z
  .array(z.string().regex(SCOPE, 'must be area:action, area:* or *'))
  .max(200)
  .describe('What the key may do, within what its owner may; an empty list is nothing')
const allowed_ips = z
  .array(
    z.string().refine(isAddressEntry, 'must be an address or a network such as 203.0.113.0/24'),
  )
  .min(1)
  .max(50)
  .nullable()
  .describe('Addresses and networks it may come from; null for any')
const rate_limit = z
  .int32()
  .min(1)
  .nullable()
  .describe('Requests a minute; null for as many as everybody')
const metadata = z
  .record(z.string().max(64), z.json())
  .refine(
    (value) => JSON.stringify(value).length <= MOST_METADATA_CHARACTERS,
    `must be at most ${MOST_METADATA_CHARACTERS} characters of JSON`,
  )
  .describe('What the owner wants to remember of it')
const expires_at = z.iso
  .datetime({ offset: true })
  .nullable()
  .describe('When it ends; null for never')

/** A key as it is asked for. Whose it is comes from who asks; nothing else is taken. */
export const newKeyBody = z.strictObject({
  type: z.enum(KEY_TYPES),
  name,
  scopes,
  owner_id: z.uuid().optional().describe('A service account; oneself by default'),
  expires_at: expires_at.optional(),
  allowed_ips: allowed_ips.optional(),
  rate_limit: rate_limit.optional(),
  metadata: metadata.optional(),
  test: z.boolean().optional().describe('A key that opens nothing in production'),
})

/** What may be changed of a key; fields left out stay. */
export const keyChangeBody = z
  .strictObject({
    name: name.exactOptional(),
    scopes: scopes.exactOptional(),
    expires_at: expires_at.exactOptional(),
    allowed_ips: allowed_ips.exactOptional(),
    rate_limit: rate_limit.exactOptional(),
    metadata: metadata.exactOptional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change something')

/** A key as it is shown: never the key, nor its hash. */
export const shownKey = z.object({
  id: z.uuid(),
  type: z.enum(KEY_TYPES),
  name: z.string(),
  prefix: z.string().describe('The first 12 characters of the key'),
  status: z.enum(['active', 'expired', 'revoked']),
  test: z.boolean(),
  tenant_id: z.uuid(),
  owner_id: z.uuid(),
  owner_type: z.enum(['person', 'service']),
  created_by: z.uuid().nullable(),
  parent_id: z.uuid().nullable().describe('The key that made it, and that it ends with'),
  scopes: z.array(z.string()),
  allowed_ips: z.array(z.string()).nullable(),
  rate_limit: z.int32().nullable(),
  metadata: z.record(z.string(), z.json()),
  version: z.int32(),
  created_at: z.string(),
  updated_at: z.string(),
  expires_at: z.string().nullable(),
  rotated_at: z.string().nullable(),
  successor_id: z.uuid().nullable(),
  revoked_at: z.string().nullable(),
  last_used_at: z.string().nullable().describe('Noted once a minute'),
})

/** A key that was just made: the only answer that holds it. */
export const madeKey = z.object({
  key: z.string().describe('The key itself; it is never shown again'),
  api_key: shownKey,
})

/** A key as it is shown at a moment. */
export function showKey(row: KeyRecord, nowMs: number): z.input<typeof shownKey> {
  const { owner_kind, family_id: _family, metadata: facts, ...rest } = row
  return {
    ...rest,
    status: keyStatus(row, nowMs),
    owner_type: owner_kind === 'service' ? 'service' : 'person',
    scopes: [...row.scopes],
    allowed_ips: row.allowed_ips === null ? null : [...row.allowed_ips],
    metadata: z.record(z.string(), z.json()).parse(facts),
  }
}
