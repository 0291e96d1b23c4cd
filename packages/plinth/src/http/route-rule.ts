import type { FastifyInstance, RouteOptions } from 'fastify'
import type { RouteFacts } from '../feature/index.ts'
import { factsOf, foreignFacts } from '../feature/index.ts'
import { mountOf } from './mounts.ts'

const KINDS: ReadonlySet<unknown> = new Set(['open', 'signed-in', 'in-person', 'can'])

/**
 * The facts of a route that registers.
 * @throws TypeError when it declares no access, or is anonymous and yet asks who calls
 */
export function ruleOf(
  scope: FastifyInstance,
  options: RouteOptions & { url: string },
): RouteFacts {
  const facts = mountedFacts(scope) ?? factsOf(options)
  const name = `${[options.method].flat().join(',')} ${options.url}`
  if (facts === undefined || !KINDS.has(facts.access.kind)) {
    throw new TypeError(
      `${name} declares no access. Give it { config: { access: open('why'), signedIn() or a permission } }, or mount() its plugin.`,
    )
  }
  if (facts.anonymous && facts.access.kind !== 'open') {
    throw new TypeError(
      `${name} is anonymous, so nobody is asked who they are, and its access is not open(). Drop one of the two.`,
    )
  }
  return facts
}

/** A route that a mounted plugin registers, and its own answer to unknown paths, stand under the rule of the mount. */
export function mountedFacts(scope: FastifyInstance): RouteFacts | undefined {
  const rule = mountOf(scope)
  if (rule === undefined) return undefined
  const { access, tenant, anonymous, limit } = rule
  return { ...foreignFacts(access, limit), tenant, anonymous }
}
