import type { RouteOptions } from 'fastify'
import { factsOf } from './facts.ts'
import type { Feature } from './feature.ts'
import type { Mount } from './mount.ts'

/** Every `acr` that a route of these features demands: what a link to sign in may ask for. */
export function acrDemanded(features: readonly Feature[]): readonly string[] {
  const entries = features.flatMap(({ routes }) => (routes ?? []).flat())
  return [...new Set(entries.flatMap(acrOf))]
}

function acrOf(entry: RouteOptions | Mount): readonly string[] {
  return 'kind' in entry ? [] : (factsOf(entry)?.stepUp?.acr ?? [])
}
