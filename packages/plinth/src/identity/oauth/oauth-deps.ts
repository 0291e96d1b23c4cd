import type { Actor } from '../../access/index.ts'
import { recordOutside } from '../../audit/index.ts'
import type { RefusalLimit } from '../../http/index.ts'
import type { Identity } from '../identity-deps.ts'
import type { ClientFault } from './oauth.events.ts'
import { oauthEvents } from './oauth.events.ts'
import type { ProveClientDeps } from './prove-client.ts'

/** What the endpoints of machine clients share. */
export interface OAuthDeps {
  readonly identity: Identity
  readonly proof: ProveClientDeps
  /** Refused clients by address: guessing is slow, and a machine that asks rightly is never slowed. */
  readonly refusals: RefusalLimit
  readonly accessSeconds: number
}

/** An endpoint of machine clients. */
export type Endpoint = 'token' | 'introspect' | 'revoke'

/** A refusal in the words of RFC 6749 5.2. */
export interface OAuthRefusal {
  readonly status: 400 | 401
  readonly error:
    | 'invalid_request'
    | 'invalid_client'
    | 'invalid_grant'
    | 'invalid_scope'
    | 'unauthorized_client'
    | 'unsupported_grant_type'
  readonly description: string
}

const CLIENT_REFUSED: OAuthRefusal = {
  status: 401,
  error: 'invalid_client',
  description: 'The client did not prove itself.',
}

/** What is said of each fault: of a client that did not prove itself, nothing more than that. */
export const REFUSALS: { readonly [F in ClientFault]: OAuthRefusal } = {
  no_proof: CLIENT_REFUSED,
  client_unknown: CLIENT_REFUSED,
  secret_wrong: CLIENT_REFUSED,
  method_not_allowed: CLIENT_REFUSED,
  assertion_invalid: CLIENT_REFUSED,
  assertion_replayed: CLIENT_REFUSED,
  two_proofs: {
    status: 400,
    error: 'invalid_request',
    description: 'The client proved itself in two ways at once. Use one.',
  },
  field_missing: {
    status: 400,
    error: 'invalid_request',
    description: 'A field that this endpoint needs is missing: grant_type, or the token.',
  },
  grant_unsupported: {
    status: 400,
    error: 'unsupported_grant_type',
    description: 'The only grant here is client_credentials.',
  },
  scope_beyond: {
    status: 400,
    error: 'invalid_scope',
    description: 'The client may not have all of this scope, or nothing is left of it.',
  },
  account_disabled: {
    status: 400,
    error: 'unauthorized_client',
    description: 'The service account of the client is disabled, or not in its tenant any more.',
  },
  other_client: {
    status: 400,
    error: 'invalid_grant',
    description: 'The token was given to another client.',
  },
}

/** Notes a refusal where no transaction takes it back. */
export async function noteRefusal(
  { identity }: OAuthDeps,
  actor: Actor,
  { endpoint, reason, client }: { endpoint: Endpoint; reason: ClientFault; client?: string },
): Promise<void> {
  const event = oauthEvents.refused({
    outcome: 'denied',
    reason,
    data: { endpoint },
    ...(client !== undefined && { target: { type: 'oauth_client', id: client } }),
  })
  await recordOutside(identity.platform, actor, event)
}
