/** Who may call a route. Every route has exactly one, or the process does not start. */
export type Access = OpenAccess | SignedInAccess | CanAccess

/** Anyone, with the written reason why. */
export interface OpenAccess {
  readonly kind: 'open'
  readonly reason: string
}

/** Anyone who is signed in. */
export interface SignedInAccess {
  readonly kind: 'signed-in'
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

const SIGNED_IN: SignedInAccess = Object.freeze({ kind: 'signed-in' })

/** How the census and the refusals name an access rule. */
export function describeAccess(access: Access): string {
  if (access.kind === 'open') return `public (${access.reason})`
  return access.kind === 'can' ? access.permission : 'signed in'
}
