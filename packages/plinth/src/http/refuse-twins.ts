import type { RouteOptions } from 'fastify'
import type { Feature, Mount } from '../feature/index.ts'

/**
 * Refuses two routes with one method and path, and names the features that declare them: Fastify
 * would name neither.
 * @throws TypeError in one sentence
 */
export function refuseTwins(features: readonly Feature[]): void {
  const declared = new Map<string, string>()
  for (const { name, routes = [] } of features) {
    for (const { key, shown } of routes.flat().flatMap(placesOf)) {
      const other = declared.get(key)
      if (other !== undefined) throw new TypeError(sentence(shown, other, name))
      declared.set(key, name)
    }
  }
}

interface Place {
  /** Method and path, whatever its parameters are called. */
  readonly key: string
  readonly shown: string
}

function placesOf(entry: RouteOptions | Mount): readonly Place[] {
  // A mount places its routes below its prefix by itself; constraints tell routes of one path apart.
  if ('kind' in entry || entry.constraints !== undefined) return []
  const { url } = entry
  return [entry.method].flat().map((method) => ({
    key: `${method} ${url.replace(/:[^/]+/g, ':')}`,
    shown: `${method} ${url}`,
  }))
}

function sentence(route: string, one: string, other: string): string {
  const who = one === other ? `twice by the feature "${one}"` : `by "${one}" and by "${other}"`
  return `${route} is declared ${who}: give one of them another path; that of an entity follows its plural.`
}
