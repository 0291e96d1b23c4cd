import type { RouteFacts } from '../../feature/index.ts'
import type { ProblemKind } from '../../kernel/index.ts'
import { httpProblems } from '../http.errors.ts'
import { rateLimiterProblems } from '../limits/rate/index.ts'
import type { JsonSchema } from './json-schema.ts'

/** The body of every error (decision D2), as a component named `Problem`. */
export const problemSchema: JsonSchema = {
  type: 'object',
  description: 'What went wrong (RFC 9457). `code` is stable; the sentences are for people.',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened and what to do.' },
    instance: { type: 'string' },
    code: { type: 'string', description: 'Stable name of the problem.' },
    message: { type: 'string' },
    details: {
      type: 'array',
      description: 'Faults of single fields.',
      items: {
        type: 'object',
        properties: {
          path: { type: 'string', description: 'For example `body/items/0/price`.' },
          message: { type: 'string' },
          code: { type: 'string' },
        },
        required: ['path', 'message'],
      },
    },
    request_id: { type: 'string', description: 'Joins this answer to the log of the service.' },
  },
  required: [
    'type',
    'title',
    'status',
    'detail',
    'instance',
    'code',
    'message',
    'details',
    'request_id',
  ],
}

const CONTENT = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
}

/** One response for each status that a route can refuse with, and one for all the rest. */
export function problemResponses(method: string, facts: RouteFacts): Record<string, JsonSchema> {
  const byStatus = new Map<number, ProblemKind[]>()
  for (const kind of [...generalProblems(method, facts), ...facts.raises]) {
    byStatus.set(kind.status, [...(byStatus.get(kind.status) ?? []), kind])
  }
  const responses = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, kinds]) => [String(status), { description: describe(kinds), content: CONTENT }])
  return {
    ...Object.fromEntries(responses),
    default: { description: 'Any other problem.', content: CONTENT },
  }
}

function describe(kinds: readonly ProblemKind[]): string {
  const lines = kinds.map(({ code, message }) => `\`${code}\`: ${message}`)
  return [...new Set(lines)].join('\n\n')
}

/** What the guard, the parser and the validator may answer before the handler is asked. */
function generalProblems(method: string, facts: RouteFacts): ProblemKind[] {
  const { access, schemas } = facts
  const signedIn = access.kind !== 'open'
  const takesInput = [schemas.params, schemas.query, schemas.headers, schemas.body].some(Boolean)
  return [
    ...(facts.tenant === 'required' ? [httpProblems.tenantRequired] : []),
    ...(signedIn ? [httpProblems.notSignedIn] : []),
    ...(facts.stepUp === undefined ? [] : [httpProblems.stepUp]),
    ...(access.kind === 'can' ? [httpProblems.notPermitted] : []),
    ...(needsCsrf(method, facts) ? [httpProblems.csrf, httpProblems.origin] : []),
    ...(schemas.body
      ? [httpProblems.malformed, httpProblems.bodyTooLarge, httpProblems.mediaType]
      : []),
    ...(takesInput ? [httpProblems.invalid] : []),
    ...(facts.idempotent ? [httpProblems.keyInFlight, httpProblems.keyReused] : []),
    ...(isUnlimited(facts) ? [] : [rateLimiterProblems.limited]),
  ]
}

function isUnlimited({ limit }: RouteFacts): boolean {
  return typeof limit === 'object' && 'unlimited' in limit
}

/** Whether a browser's call must prove that one of our own pages sent it (decision D4). */
export function needsCsrf(method: string, facts: RouteFacts): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  return facts.browserOnly || facts.access.kind !== 'open'
}
