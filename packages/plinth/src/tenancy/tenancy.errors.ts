import { problem } from '../kernel/index.ts'

/** What naming a tenant, and working in it, may be refused with. */
export const tenancyProblems = {
  // One answer for what is not there, what is shut and what is somebody else's (TN-02).
  unknown: problem('tenant.unknown', 404, 'Tenant not found or inactive'),
  conflict: problem(
    'tenant.conflict',
    400,
    'The request names more than one tenant. Name the one that you are signed in to, or switch first.',
  ),
  malformed: problem(
    'tenant.malformed',
    400,
    'That is no tenant identifier. Use its short name, or its id in lower case with dashes.',
  ),
  invalidClaim: problem(
    'tenant.invalid_claim',
    401,
    'The access token names no tenant that can be read. Get a new one.',
  ),
} as const
