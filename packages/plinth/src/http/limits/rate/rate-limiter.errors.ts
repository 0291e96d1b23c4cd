import { problem } from '../../../kernel/index.ts'

/** What is refused because there was too much of it. */
export const rateLimiterProblems = {
  limited: problem(
    'http.rate_limited',
    429,
    'Too many requests. Wait a moment, then try again; Retry-After says for how many seconds.',
  ),
} as const
