/** Who may call a route. Every route has exactly one, or the process does not start. */
export type Access = OpenAccess | SignedInAccess | InPersonAccess | CanAccess

/** Anyone, with the written reason why. */
export interface OpenAccess {
  readonly kind: 'open'
  readonly reason: string
}

/** Anyone who is signed in. */
export interface SignedInAccess {
  readonly kind: 'signed-in'
}

/** A person who signed in: neither a key, nor the token of a machine or of another issuer. */
export interface InPersonAccess {
  readonly kind: 'in-person'
}

/** Whoever holds one permission in the tenant of the request. */
export interface CanAccess {
  readonly kind: 'can'
  /** `area:action`, for example `product:read`. */
  readonly permission: string
  /** What the permission lets a person do, for the administrator who grants it. */
  readonly grants: string
}

/**
 * Lets anyone call the route.
 * @param reason why nobody needs to be signed in; printed in the route census
 * @throws TypeError when the reason is empty
 */
export function open(reason: string): OpenAccess {
  if (reason.trim() === '') throw new TypeError('open() needs a reason: open("health probe")')
  return Object.freeze({ kind: 'open', reason })
}

/** Lets anyone call the route who is signed in, whatever they may do. */
export function signedIn(): SignedInAccess {
  return SIGNED_IN
}

/**
 * Lets people call the route who signed in themselves, whatever they may do: what somebody decides
 * about their own account, their factors and their keys is not for a key to decide.
 */
export function inPerson(): InPersonAccess {
  return IN_PERSON
}

const IN_PERSON: InPersonAccess = Object.freeze({ kind: 'in-person' })
const SIGNED_IN: SignedInAccess = Object.freeze({ kind: 'signed-in' })

/** How the census and the refusals name an access rule. */
export function describeAccess(access: Access): string {
  if (access.kind === 'open') return `public (${access.reason})`
  if (access.kind === 'in-person') return 'signed in, in person'
  return access.kind === 'can' ? access.permission : 'signed in'
}
