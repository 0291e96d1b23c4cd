import { problem } from '../kernel/index.ts'

/** What callers may see of this room. */
export const notifyProblems = {
  addressRefused: problem(
    'mail.address_refused',
    422,
    'This e-mail address cannot be used; give one plain address like name@example.com.',
  ),
} as const
