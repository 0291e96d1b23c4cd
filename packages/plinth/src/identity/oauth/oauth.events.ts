import { z } from 'zod'
import { defineEvents } from '../../audit/index.ts'

/** Why a machine client got nothing. */
export const CLIENT_FAULTS = [
  'no_proof',
  'two_proofs',
  'client_unknown',
  'secret_wrong',
  'method_not_allowed',
  'assertion_invalid',
  'assertion_replayed',
  'field_missing',
  'grant_unsupported',
  'scope_beyond',
  'account_disabled',
  'other_client',
] as const

/** One of {@link CLIENT_FAULTS}. */
export type ClientFault = (typeof CLIENT_FAULTS)[number]

/** That something was done with a client. */
export function aboutClient(id: string) {
  return { outcome: 'success', target: { type: 'oauth_client', id } } as const
}

/** What the audit log keeps of machine clients. */
export const oauthEvents = defineEvents('oauth', {
  client_created: { data: { scopes: z.array(z.string()), authentication: z.string() } },
  client_revoked: {},
  secret_created: { data: { overlap_seconds: z.int() } },
  token_issued: { data: { scopes: z.array(z.string()) } },
  token_revoked: {},
  refused: { reasons: CLIENT_FAULTS, data: { endpoint: z.string() } },
})
