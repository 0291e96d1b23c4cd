import { AppError } from '../kernel/index.ts'
import { scrub } from './scrub.ts'

const LONGEST_MESSAGE = 1_000
const LONGEST_STACK = 8_000
const DEEPEST_CAUSE = 4

/** An error as the log shows it. Fields that drivers hang on errors (values, queries) are left out. */
export interface ErrorFacts {
  readonly type: string
  readonly code?: string
  readonly message: string
  readonly reason?: string
  readonly stack?: string
  readonly cause?: ErrorFacts
}

/**
 * Describes an error for the log, its causes included.
 * @param withStack only at level error: a stack is long and says nothing about an expected refusal
 */
export function describeError(error: Error, withStack: boolean, depth = 0): ErrorFacts {
  const code = textOf(error, 'code')
  const stack = withStack && depth === 0 ? textOf(error, 'stack') : undefined
  return {
    type: cut(textOf(error, 'name') ?? 'Error', 100),
    ...(code === undefined ? {} : { code: cut(code, 100) }),
    message: cut(textOf(error, 'message') ?? '', LONGEST_MESSAGE),
    ...(error instanceof AppError && error.reason !== undefined
      ? { reason: cut(error.reason, LONGEST_MESSAGE) }
      : {}),
    ...(stack === undefined ? {} : { stack: cut(stack, LONGEST_STACK) }),
    ...(depth < DEEPEST_CAUSE && error.cause instanceof Error
      ? { cause: describeError(error.cause, false, depth + 1) }
      : {}),
  }
}

/** An error is somebody else's object: its properties may be getters that throw. */
function textOf(error: Error, key: 'name' | 'message' | 'stack' | 'code'): string | undefined {
  try {
    const value: unknown = Reflect.get(error, key)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  } catch {
    return undefined
  }
}

function cut(text: string, longest: number): string {
  return scrub(text.length > longest ? `${text.slice(0, longest)}…` : text)
}
