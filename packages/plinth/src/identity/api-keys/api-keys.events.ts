import { z } from 'zod'
import { defineEvents } from '../../audit/index.ts'

/** Why a key that exists was not taken. */
export const KEY_FAULTS = [
  'revoked',
  'expired',
  'test_key',
  'owner_disabled',
  'tenant_inactive',
  'not_a_member',
  'address_denied',
  'hook_denied',
] as const

/** One of {@link KEY_FAULTS}. */
export type KeyFault = (typeof KEY_FAULTS)[number]

/** Why what came as a key names none. */
export type NoKey = 'unknown' | 'malformed'

/** What the audit log keeps of API keys: always the id, never the key. */
export const apiKeyEvents = defineEvents('api_key', {
  created: {
    data: {
      type: z.string(),
      owner: z.string(),
      scopes: z.array(z.string()),
      expires_at: z.string().nullable(),
      parent: z.string().nullable(),
    },
  },
  updated: { data: { fields: z.array(z.string()) } },
  rotated: { data: { successor: z.string(), overlap_seconds: z.int() } },
  revoked: { data: { descendants: z.int() } },
  imported: { data: { type: z.string(), owner: z.string(), scopes: z.array(z.string()) } },
  /**
   * Once a minute for each key and reason, however often it is shown. `unknown` and `malformed` name
   * no key; how many of those one address leaves is bounded.
   */
  refused: { reasons: [...KEY_FAULTS, 'unknown', 'malformed'] },
  first_use_from_address: {},
  /** `told` is false where nobody behind the key has an address. */
  end_announced: { data: { expires_at: z.string(), told: z.boolean() } },
})
