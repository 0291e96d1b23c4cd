/** What a provider says about a person, as far as we believe it. */
export interface Profile {
  /** How to greet them. */
  readonly name: string
  readonly givenName: string
  readonly familyName: string
  /** Only an address that the provider has verified (D8). */
  readonly email: string | null
}

type Claims = Readonly<Record<string, unknown>> & { readonly sub: string }

const LONGEST_NAME = 100
// One plain address: what a mail header could read otherwise is no address to us.
const EMAIL = /^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@[^\s@<>()[\]\\,;:"\p{C}]{1,189}$/u

/**
 * Reads a profile from claims: named claims only, whatever else a token carries (RP-76). Fallbacks
 * of contract 4.2: the local part of the e-mail, else `User` and the end of the subject.
 */
export function profileOf(claims: Claims): Profile {
  const email = verifiedEmail(claims)
  const given = text(claims['given_name'])
  const family = text(claims['family_name'])
  const fallback = titleCase(text(email?.slice(0, email.indexOf('@'))))
  const givenName = given || fallback || 'User'
  const familyName = family || (given || fallback ? '' : claims.sub.slice(-8))
  const name =
    text(claims['name']) ||
    `${givenName} ${familyName}`.trim().slice(0, LONGEST_NAME).toWellFormed()
  return { name, givenName, familyName, email }
}

/** Exactly `true`: a text or a number is not a statement that an address was verified (RP-72). */
function verifiedEmail(claims: Claims): string | null {
  const { email, email_verified: verified } = claims as {
    email?: unknown
    email_verified?: unknown
  }
  if (verified !== true || typeof email !== 'string') return null
  return EMAIL.test(email) && email.isWellFormed() ? email : null
}

function text(claim: unknown): string {
  if (typeof claim !== 'string') return ''
  return claim
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
    .toWellFormed()
}

/** `ana.maria` → `Ana Maria`. */
function titleCase(localPart: string): string {
  return localPart
    .split(/[._+-]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}
