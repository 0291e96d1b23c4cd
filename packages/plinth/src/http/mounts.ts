import type { FastifyInstance } from 'fastify'
import type { Mount } from '../feature/index.ts'

const rules = new WeakMap<object, Mount>()

/** Puts a scope, and every scope that a plugin opens inside it, under one rule. */
export function placeMount(scope: FastifyInstance, rule: Mount): void {
  rules.set(scope, rule)
}

/** The rule under which a scope stands. Fastify's inner scopes inherit from the outer as prototypes. */
export function mountOf(scope: FastifyInstance): Mount | undefined {
  let at: object | null = scope
  while (at !== null) {
    const rule = rules.get(at)
    if (rule !== undefined) return rule
    at = Object.getPrototypeOf(at) as object | null
  }
  return undefined
}
