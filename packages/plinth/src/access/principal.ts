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
  /** When the person last proved who they are, in seconds since 1970 (OIDC `auth_time`). */
  readonly authenticatedAt: number
  /** How strong that proof was, in the words of the provider (OIDC `acr`); null when unsaid. */
  readonly acr?: string | null
}

/** Who did something, as the audit log keeps it: a principal, nobody yet, or the system itself. */
export interface Actor {
  readonly kind: 'person' | 'anonymous' | 'system'
  readonly person: Id<'person'> | null
  readonly clientAddress: string | null
  readonly requestId: string | null
}

/** The tenant of a request and what its principal may do there. */
export interface Placement {
  readonly tenant: Id<'tenant'>
  readonly permissions: readonly string[]
}
