import { problem } from '../kernel/index.ts'

/** What naming a tenant, working in it and looking after it may be refused with. */
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
  entryRefused: problem(
    'tenant.entry_refused',
    403,
    'This service does not let you work in that tenant at the moment.',
  ),
  slugTaken: problem('tenant.slug_taken', 409, 'That short name is taken. Choose another.'),
  tooMany: problem(
    'tenant.too_many',
    409,
    'You own as many organisations as one person may. Delete one, or hand it on to somebody.',
  ),
  personal: problem(
    'tenant.personal',
    409,
    'A personal tenant cannot be deleted; it goes with its person.',
  ),
  ownersOnly: problem('tenant.owners_only', 403, 'Only an owner of the tenant may do this.'),
  memberUnknown: problem('tenant.member_unknown', 404, 'There is no such member of this tenant.'),
  beyondYours: problem(
    'tenant.beyond_yours',
    403,
    'You can only change members below you, and only grant what you hold yourself.',
  ),
  lastOwner: problem(
    'tenant.last_owner',
    409,
    'A tenant needs an owner. Make somebody else an owner first.',
  ),
} as const
