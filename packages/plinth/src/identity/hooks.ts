import type { CheckKey } from './api-keys/check-key.ts'
import type { Profile } from './people/profile.ts'

/**
 * Where a service has its own word in identity. Each is optional; without it the platform does what
 * its guide says. A hook that throws ends what was asked for, with nothing written.
 */
export interface IdentityHooks {
  /**
   * Changes what is taken over of somebody whom a provider or another issuer vouches for. What it
   * leaves out stays as it was read; the key of the account (issuer and subject) cannot be changed.
   */
  readonly mapClaims?: (
    claims: Readonly<Record<string, unknown>>,
    from: { readonly provider: string },
  ) => Partial<Pick<Profile, 'name' | 'givenName' | 'familyName'>>
  /**
   * Says whether an API key may be used for a request, after the platform found nothing against it.
   * Asked at each request: `false` refuses the key as any invalid one, and so does throwing.
   */
  readonly checkKey?: CheckKey
}
