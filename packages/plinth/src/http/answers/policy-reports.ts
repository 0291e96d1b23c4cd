import type { FastifyPluginAsync } from 'fastify'
import { open } from '../../access/index.ts'
import type { Feature } from '../../feature/index.ts'
import { feature, mount } from '../../feature/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { parseStrictJson } from '../../kernel/index.ts'
import { httpProblems } from '../http.errors.ts'
import { REPORTS_PATH } from './headers.ts'

/** What taking reports needs. */
export interface PolicyReportsDeps {
  readonly clock: Clock
  readonly log: { warn(facts: object, message?: string): void }
  /** Reports a minute that are logged; further ones are refused. */
  readonly perMinute: number
}

const TYPES = ['application/csp-report', 'application/reports+json']
const MOST_BYTES = 16_384
const MOST_REPORTS = 10
const LONGEST_FACT = 200
const MINUTE_MS = 60_000

/**
 * Takes what browsers report of pages that broke their content policy, and logs it (ASVS 3.4.7).
 * Anyone can send one, so it is small, counted, cut, and believed in nothing.
 */
export function policyReportsFeature(deps: PolicyReportsDeps): Feature {
  const access = open('browsers report what a page’s content policy refused')
  const rule = { access, tenant: 'none', anonymous: true } as const
  return feature('policy-reports', { routes: [mount(REPORTS_PATH, rule, takeReports(deps))] })
}

function takeReports(deps: PolicyReportsDeps): FastifyPluginAsync {
  const admit = createMeter(deps)
  return async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      TYPES,
      { parseAs: 'buffer' },
      async (_request: unknown, body: Buffer) => {
        const parsed = parseStrictJson(body)
        if (!parsed.ok) throw httpProblems.malformed('a report that is not JSON')
        return parsed.value
      },
    )
    scope.post('/', { bodyLimit: MOST_BYTES }, async ({ body }, reply) => {
      for (const report of reportsIn(body)) {
        if (!admit()) throw httpProblems.tooManyReports({ retryAfterSeconds: MINUTE_MS / 1_000 })
        deps.log.warn({ report }, 'a page broke its content policy')
      }
      return reply.code(204).send()
    })
  }
}

/** Lets so many pass in each minute. */
function createMeter({ clock, perMinute }: PolicyReportsDeps): () => boolean {
  let minute = -1
  let passed = 0
  return () => {
    const now = Math.floor(clock.monotonic() / MINUTE_MS)
    if (now !== minute) [minute, passed] = [now, 0]
    passed += 1
    return passed <= perMinute
  }
}

/** The reports of a body, in the form of `report-uri` (one) or of `report-to` (a list). */
function reportsIn(body: unknown): readonly Readonly<Record<string, string>>[] {
  const list = Array.isArray(body) ? body.slice(0, MOST_REPORTS) : [body]
  return list.flatMap((item) => {
    const found = fieldsOf(fieldsOf(item)['csp-report'] ?? fieldsOf(item)['body'])
    const facts = {
      directive: text(found['effective-directive'] ?? found['effectiveDirective']),
      page: withoutQuery(text(found['document-uri'] ?? found['documentURL'])),
      blocked: withoutQuery(text(found['blocked-uri'] ?? found['blockedURL'])),
      source: withoutQuery(text(found['source-file'] ?? found['sourceFile'])),
    }
    return facts.directive === '' ? [] : [facts]
  })
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST_FACT) : ''
}

/** Queries and fragments hold codes and names of people. */
function withoutQuery(url: string): string {
  return url.split(/[?#]/)[0] ?? ''
}
