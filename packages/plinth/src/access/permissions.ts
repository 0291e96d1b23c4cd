import type { CanAccess } from './access.ts'
import { covers } from './narrow.ts'

const NAME = /^[a-z][a-z0-9_-]{0,62}$/

/** Permissions of one area: what a handler names as `may.restock`. */
export type Permissions<P extends { readonly [action: string]: string }> = {
  readonly [K in keyof P]: CanAccess
}

/**
 * Declares the permissions of an area.
 * @param area lower-case noun: `product`
 * @param list action → what it lets a person do
 * @throws TypeError when a name leaves the grammar `[a-z][a-z0-9_-]*`
 */
export function permissions<const P extends { readonly [action: string]: string }>(
  area: string,
  list: P,
): Permissions<P> {
  const entries = Object.entries(list).map(([action, grants]) => {
    for (const name of [area, action]) {
      if (!NAME.test(name)) throw new TypeError(`permission name "${name}" must match ${NAME}`)
    }
    const access: CanAccess = Object.freeze({
      kind: 'can',
      permission: `${area}:${action}`,
      grants,
    })
    return [action, access]
  })
  return Object.freeze(Object.fromEntries(entries))
}

/**
 * Whether a set of grants holds a permission. A grant is `area:action`, `area:*` or `*`;
 * nothing else is a wildcard.
 */
export function holds(grants: readonly string[], permission: string): boolean {
  return grants.some((grant) => covers(grant, permission))
}
