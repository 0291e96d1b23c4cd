import { covers } from '../../access/index.ts'
import type { Membership } from '../membership/membership.ts'
import { grantsOf } from '../membership/membership.ts'

const RANKS: Readonly<Record<string, number>> = { owner: 3, admin: 2 }
const rankOf = ({ role }: Membership): number => RANKS[role] ?? 1

/**
 * Whether one member may make another what is wanted: nobody touches who is above them, raises
 * anybody above themselves, or gives or takes what they do not hold.
 * @param wanted undefined to end the membership
 */
export function mayManage(by: Membership, target: Membership, wanted?: Membership): boolean {
  const [rank, grants] = [rankOf(by), grantsOf(by)]
  const touched = wanted === undefined ? [target] : [target, wanted]
  return touched.every(
    (one) =>
      rankOf(one) <= rank &&
      grantsOf(one).every((wants) => grants.some((held) => covers(held, wants))),
  )
}
