import { covers, narrow } from '../../access/index.ts'
import type { Membership } from '../membership/membership.ts'
import { grantsOf } from '../membership/membership.ts'

/** A member who changes others. */
export interface Managing extends Membership {
  /** What the credential of the request holds: a key may hold less than its person. */
  readonly within?: readonly string[]
}

/**
 * Whether one member may make another what is wanted: nobody touches who is above them, raises
 * anybody above themselves, or gives or takes what they do not hold.
 * @param wanted undefined to end the membership
 */
export function mayManage(by: Managing, target: Membership, wanted?: Membership): boolean {
  const own = grantsOf(by)
  const grants = by.within === undefined ? own : narrow(own, by.within)
  const rank = rankOf(by.role, grants)
  const touched = wanted === undefined ? [target] : [target, wanted]
  return touched.every((one) => {
    const theirs = grantsOf(one)
    const held = theirs.every((wants) => grants.some((grant) => covers(grant, wants)))
    return held && rankOf(one.role, theirs) <= rank
  })
}

/** Owners are above those who may do everything too, and these above everybody else. */
function rankOf(role: string, grants: readonly string[]): number {
  if (!grants.includes('*')) return 1
  return role === 'owner' ? 3 : 2
}
