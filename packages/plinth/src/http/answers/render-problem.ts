import type { Log } from '../../feature/index.ts'
import type { ProblemBody } from './problem.ts'

/** An error in a service's own form. */
export interface RenderedProblem {
  /** Sent as it is if it is a text, else as JSON. */
  readonly body: string | object
  /** Content type; `application/json` unless said. */
  readonly type?: string
}

/**
 * Puts every error of a service into a form of its own. The status of the answer, its headers and
 * the log stay as they are; pages for people are not asked for here.
 */
export type RenderProblem = (problem: ProblemBody) => RenderedProblem

/** An error as it goes out. */
export interface WrittenProblem {
  readonly type: string
  readonly text: string
}

/** Writes errors. */
export type WriteProblem = (problem: ProblemBody) => WrittenProblem

/**
 * Makes what writes errors: by the service's own hook, and in our form where it has none, or where
 * the hook itself fails, which is logged.
 */
export function problemWriter(
  render: RenderProblem | undefined,
  log: Pick<Log, 'error'>,
): WriteProblem {
  if (render === undefined) return plainly
  return (problem) => {
    try {
      const { body, type = JSON_TYPE } = render(problem)
      return { type, text: typeof body === 'string' ? body : JSON.stringify(body) }
    } catch (error) {
      log.error({ error }, 'renderProblem failed; the error went out in the usual form')
      return plainly(problem)
    }
  }
}

/** An error as RFC 9457 has it. */
export function plainly(problem: ProblemBody): WrittenProblem {
  return { type: 'application/problem+json; charset=utf-8', text: JSON.stringify(problem) }
}

const JSON_TYPE = 'application/json; charset=utf-8'
