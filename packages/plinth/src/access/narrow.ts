const GRANT = /^(\*|[a-z][a-z0-9_-]{0,62}:(\*|[a-z][a-z0-9_-]{0,62}))$/

/** Whether a text is a grant: `area:action`, `area:*` or `*`, exactly. */
export function isGrant(text: unknown): text is string {
  return typeof text === 'string' && GRANT.test(text)
}

/**
 * Whether whoever holds one grant holds all that another gives. Somebody else's identity may bring
 * anything as a grant: what is no text gives nothing.
 */
export function covers(held: string, wanted: string): boolean {
  if (typeof held !== 'string') return false
  if (held === '*' || held === wanted) return true
  return held.endsWith(':*') && wanted.startsWith(held.slice(0, -1))
}

/**
 * What a key or token may do: what its person may do, narrowed by the scopes that it was given. Of
 * two that meet, the narrower one counts. A scope outside the grammar counts as nothing, and so does
 * an empty list.
 */
export function narrow(grants: readonly string[], scopes: readonly string[]): readonly string[] {
  const met = new Set<string>()
  for (const scope of scopes.filter(isGrant)) {
    for (const grant of grants) {
      if (covers(grant, scope)) met.add(scope)
      else if (covers(scope, grant)) met.add(grant)
    }
  }
  return [...met]
}
