import { problem } from '../../../kernel/index.ts'

/** What is refused because there was too much of it. */
export const rateLimiterProblems = {
  limited: problem(
    'http.rate_limited',
    429,
    'Too many requests. Wait for the seconds that Retry-After names, then try again.',
  ),
} as const
