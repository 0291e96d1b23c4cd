import type { CensusEntry } from '../http/index.ts'
import { nearest } from '../kernel/index.ts'

/**
 * What is wrong with `rate_limiter.endpoints`: an entry that names no route limits nothing, and its
 * author believes otherwise. One line for each.
 */
export function endpointFaults(
  endpoints: Readonly<Record<string, unknown>>,
  census: readonly CensusEntry[],
): readonly string[] {
  const guarded = census.filter(({ facts }) => facts !== undefined)
  const names = new Set(guarded.flatMap(({ method, url }) => [url, `${method} ${url}`]))
  return Object.keys(endpoints)
    .filter((name) => !names.has(name))
    .map((name) => {
      const close = nearest(name, [...names])
      const hint = close === undefined ? 'plinth routes lists them' : `did you mean "${close}"?`
      return `rate_limiter.endpoints: no route is named "${name}" → write a path as the route declares it, with or without a method; ${hint}`
    })
}
