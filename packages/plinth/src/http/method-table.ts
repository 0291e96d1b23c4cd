/** Which methods the paths of a server have. */
export interface MethodTable {
  add(method: string, pattern: string): void
  /** Methods of a path, in the order of the alphabet; empty when no route has it. */
  at(path: string): readonly string[]
}

/**
 * Keeps the methods of every route, so that a request with another one is told which there are
 * (RFC 9110 15.5.6). Only failures and OPTIONS ask: the router itself decides what is served.
 */
export function createMethodTable(): MethodTable {
  const patterns = new Map<string, Set<string>>()
  return {
    add: (method, pattern) => {
      patterns.set(pattern, (patterns.get(pattern) ?? new Set()).add(method))
    },
    at: (path) => {
      const wanted = segmentsOf(path)
      const found = [...patterns].filter(([pattern]) => matches(segmentsOf(pattern), wanted))
      if (found.length === 0) return []
      return [...new Set(found.flatMap(([, methods]) => [...methods, 'OPTIONS']))].sort()
    },
  }
}

/** The parts of a path. One trailing slash says nothing (decision D1). */
function segmentsOf(path: string): readonly string[] {
  return path.replace(/(?<=.)\/$/, '').split('/')
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const rest = pattern.indexOf('*')
  if (rest < 0 && pattern.length !== path.length) return false
  if (path.length < pattern.length) return false
  const fixed = rest < 0 ? pattern : pattern.slice(0, rest)
  return fixed.every((part, at) =>
    part.includes(':') ? path[at] !== '' : decoded(path[at]) === part,
  )
}

function decoded(part: string | undefined): string | undefined {
  try {
    return part && decodeURIComponent(part)
  } catch {
    return undefined
  }
}
