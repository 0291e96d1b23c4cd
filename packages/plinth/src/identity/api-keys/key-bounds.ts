import { covers, isGrant } from '../../access/index.ts'
import type { ErrorDetail } from '../../kernel/index.ts'
import type { KeyType } from './key-format.ts'

/** What whoever makes or changes a key holds: the key gets nothing beyond it. */
export interface KeyBounds {
  readonly grants: readonly string[]
  /** The key that they came with bounds what it makes. */
  readonly parent: ParentKey | undefined
}

/** What a key passes on at most. */
export interface ParentKey {
  readonly test: boolean
  readonly scopes: readonly string[]
  readonly allowed_ips: readonly string[] | null
  readonly rate_limit: number | null
  readonly expires_at: string | null
}

/** What is wished for a key. */
export interface KeyWish {
  readonly type: KeyType
  readonly test: boolean
  readonly scopes: readonly string[]
  readonly allowed_ips: readonly string[] | null
  readonly rate_limit: number | null
  readonly expires_at: string | null
}

/**
 * What of a wish is beyond what its maker holds; empty when nothing is. A child of a key ends with or
 * before it, comes from nowhere else, asks no more often, and holds none of its scopes by widening.
 */
export function beyondBounds(wish: KeyWish, { grants, parent }: KeyBounds): readonly ErrorDetail[] {
  return [
    ...wish.scopes.flatMap((scope) => scopeFault(scope, wish.type, { grants, parent })),
    ...(parent === undefined ? [] : parentFaults(wish, parent)),
    ...(wish.type === 'admin' && !grants.includes('*')
      ? [beyond('type', 'only who may do everything in the tenant makes an admin key')]
      : []),
  ]
}

function scopeFault(
  scope: string,
  type: KeyType,
  { grants, parent }: KeyBounds,
): readonly ErrorDetail[] {
  const isHeld = (by: readonly string[]) => by.some((grant) => covers(grant, scope))
  if (!isGrant(scope) || !isHeld(grants) || (parent !== undefined && !isHeld(parent.scopes)))
    return [beyond('scopes', `you do not hold "${scope}" yourself`)]
  // `*` would grow with every permission that is ever added; a key for that is named for it.
  if (scope === '*' && type !== 'admin')
    return [beyond('scopes', 'only an admin key holds "*"; name areas or permissions')]
  return []
}

function parentFaults(wish: KeyWish, parent: ParentKey): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = []
  if (endsLater(wish.expires_at, parent.expires_at))
    faults.push(beyond('expires_at', 'the key that makes it ends before that'))
  if (isMore(wish.rate_limit, parent.rate_limit))
    faults.push(beyond('rate_limit', 'the key that makes it may ask less often'))
  if (comesFromElsewhere(wish.allowed_ips, parent.allowed_ips))
    faults.push(beyond('allowed_ips', 'the key that makes it may not come from all of these'))
  if (parent.test && !wish.test) faults.push(beyond('test', 'a test key makes test keys'))
  return faults
}

/** Null is never. */
function endsLater(wished: string | null, bound: string | null): boolean {
  return bound !== null && (wished === null || Date.parse(wished) > Date.parse(bound))
}

/** Null is as many as everybody. */
function isMore(wished: number | null, bound: number | null): boolean {
  return bound !== null && (wished === null || wished > bound)
}

/** Entry by entry: a narrower network inside a listed one counts as another. */
function comesFromElsewhere(
  wished: readonly string[] | null,
  bound: readonly string[] | null,
): boolean {
  return bound !== null && (wished === null || wished.some((entry) => !bound.includes(entry)))
}

function beyond(field: string, message: string): ErrorDetail {
  return { path: `body/${field}`, message, code: 'beyond' }
}
