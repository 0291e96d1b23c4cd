import type { FastifyRequest } from 'fastify'
import type { Problem } from '../../kernel/index.ts'

/** One way in which a request may name its tenant. */
export interface TenantStrategy {
  readonly name: string
  /**
   * What the request says in this way, as it came; undefined when it says nothing. It proves
   * nothing: whoever asks checks its form, and that the caller belongs there.
   */
  find(request: FastifyRequest): unknown
  /** What answers a value that is no name of a tenant. */
  readonly malformed: Problem
}
