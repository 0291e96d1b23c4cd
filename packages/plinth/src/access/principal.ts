import type { Id } from '../kernel/index.ts'

/** Who calls: the one result of every way to sign in. Derived from the credential only. */
export interface Principal {
  readonly person: Id<'person'>
  /** How to greet them. */
  readonly name: string
  readonly email?: string | null
  /** The tenant that the credential itself names; null when it names none. */
  readonly tenant: Id<'tenant'> | null
  /** Whether it names one in which its person is no longer, or which is shut. */
  readonly tenantLost?: boolean
  /** Grants in that tenant: `area:action`, `area:*` or `*`. */
  readonly permissions: readonly string[]
  /**
   * What a key or token was given of what its person may do, wherever they stand; absent where it
   * reaches as far as they do.
   */
  readonly scopes?: readonly string[]
  /** Grants over the platform itself; those of a tenant never reach it, `*` included. */
  readonly platform?: readonly string[]
  /** The claims of a verified access token. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly credential: Credential
}

/** What the principal showed. The kind decides whether Origin and CSRF are checked. */
export interface Credential {
  readonly kind: 'cookie' | 'bearer' | 'api-key'
  /** Changes whenever the credential is rotated; CSRF tokens are bound to it. Never a secret. */
  readonly id: string
  /**
   * What an API key, or the client behind a machine's token, stays when it is rotated or renewed: what is
   * counted and kept for one program goes on, and no other program of its owner has a part in it.
   */
  readonly family?: string
  /** When the person last proved who they are, in seconds since 1970 (OIDC `auth_time`). */
  readonly authenticatedAt: number
  /** How strong that proof was, in the words of the provider (OIDC `acr`); null when unsaid. */
  readonly acr?: string | null
  /** With what it was proved (RFC 8176); of a session only. */
  readonly amr?: readonly string[]
  /**
   * The session of the person who signed in; absent for keys, for tokens of other issuers and for
   * those of machines: nobody sits there who could prove anything again.
   */
  readonly session?: Id<'session'>
  /** It reads and changes nothing, whatever its grants say. */
  readonly readOnly?: boolean
  /** Requests that it may make in a window of its own; without it, as many as everybody. */
  readonly limit?: CredentialLimit
}

/** Requests in a time. */
export interface CredentialLimit {
  readonly requests: number
  readonly windowMs: number
}

/** Who did something, as the audit log keeps it: a principal, nobody yet, or the system itself. */
export interface Actor {
  readonly kind: 'person' | 'anonymous' | 'system'
  readonly person: Id<'person'> | null
  readonly clientAddress: string | null
  readonly requestId: string | null
  /** With which credential they acted: its kind and id, never the credential. */
  readonly credential?: { readonly kind: Credential['kind']; readonly id: string } | undefined
}

/** The tenant of a request and what its principal may do there. */
export interface Placement {
  readonly tenant: Id<'tenant'>
  readonly permissions: readonly string[]
}
