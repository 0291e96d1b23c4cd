import type { Html } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import type { CheckKey } from './api-keys/check-key.ts'
import type { MailTexts } from './mail-texts.ts'
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
   * The text of a mail about an account, in place of ours; undefined leaves ours. Asked for each mail
   * with its name and with what ours is written from. Escape what goes into the HTML.
   */
  readonly mails?: MailTexts
  /**
   * Says whether an API key may be used for a request, after the platform found nothing against it.
   * Asked at each request: `false` refuses the key as any invalid one, and so does throwing.
   */
  readonly checkKey?: CheckKey
  /** Whether an invitation may be sent; false refuses it with 403 `people.refused`. */
  readonly checkInvitation?: (asked: AskedIn) => boolean | Promise<boolean>
  /**
   * Whether somebody may become a member of a tenant that is not theirs alone, by an invitation or, in
   * mode `none`, by signing in for the first time; false refuses it with 403 `people.refused`.
   */
  readonly mayJoin?: (joining: Joining) => boolean | Promise<boolean>
  /**
   * Whether somebody may work in a tenant of theirs: asked when a session switches to it, when one
   * begins there (it then begins in none), and of a session or token without a tenant at each request
   * that names it. False is 403. Nobody asks of an API key: that is one tenant's by itself.
   */
  readonly maySwitch?: (switching: Switching) => boolean | Promise<boolean>
  /** What the sign-in page shows beside its own; asked each time it is shown. */
  readonly signInSlots?: (visit: SignInVisit) => SignInSlots | Promise<SignInSlots>
}

/** Somebody who looks at the sign-in page. */
export interface SignInVisit {
  /** Where they go after it: a path of the service, or an address that it allows. */
  readonly returnTo: string
  /** Nonce of the page's Content-Security-Policy. */
  readonly nonce: string
}

/** Places of the sign-in page that a service fills; `html` escapes every value. */
export interface SignInSlots {
  /** Above the ways to sign in: who the service is for, that it is down tonight. */
  readonly above?: Html
  /** Below them: terms, help. */
  readonly below?: Html
}

/** Who is asked into which tenant, as what, and by whom. */
export interface AskedIn {
  readonly tenant: Id<'tenant'>
  readonly email: string
  readonly role: string
  readonly by: Id<'person'>
}

/** Who joins which tenant. */
export interface Joining {
  readonly tenant: Id<'tenant'>
  readonly person: Id<'person'>
  /** Verified; null for somebody without such an address, whom a provider sent. */
  readonly email: string | null
  /** Whether they come to the service with this. */
  readonly isNewPerson: boolean
}

/** Whose session goes where. */
export interface Switching {
  readonly person: Id<'person'>
  readonly to: Id<'tenant'>
}
