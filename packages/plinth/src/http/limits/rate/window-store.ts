import type { Quota } from '../../../feature/index.ts'

/** What is counted, and the name of its policy in the headers of answers. */
export type Policy =
  | 'address'
  | 'principal'
  | 'key'
  | 'route'
  | 'sign-in'
  | 'account'
  | 'failed-credentials'

/** One counter that a request is held against. */
export interface Charge {
  readonly policy: Policy
  /** Who or what is counted within the policy; quotas of two lengths never share one. */
  readonly key: string
  readonly quota: Quota
  /** 1 counts this request; 0 only asks whether there is anything left, and holds nothing back. */
  readonly cost: 0 | 1
}

/** What a counter says. */
export interface Standing {
  /** Whether this counter lets the request pass. */
  readonly allowed: boolean
  /** Requests that the counter lets pass in a window; fewer than the quota while a store is away. */
  readonly limit: number
  /** Requests that are left now. */
  readonly remaining: number
  /** Milliseconds until something comes back; 0 while nothing is used. */
  readonly resetMs: number
}

/**
 * Where requests are counted. A request passes when all its counters let it, and is counted in all
 * of them or, when one refuses, in none: who keeps asking is not shut out for longer by that.
 */
export interface WindowStore {
  /** The standing of each charge, in their order. Without waiting where the counters are at hand. */
  take(charges: readonly Charge[]): readonly Standing[] | Promise<readonly Standing[]>
}

/** Parts into which a window is cut; what was counted comes back a part at a time. */
export const PARTS = 10
