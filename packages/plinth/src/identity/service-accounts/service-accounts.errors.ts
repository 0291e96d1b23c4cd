import { problem } from '../../kernel/index.ts'

/** What looking after service accounts may be refused with. */
export const serviceAccountProblems = {
  unknown: problem('service_account.unknown', 404, 'There is no such service account.'),
  archived: problem(
    'service_account.archived',
    409,
    'The platform has put this service account away; only an administrator of the platform brings it back.',
  ),
  beyondYours: problem(
    'service_account.beyond_yours',
    403,
    'A service account can be given, and looked after by, only who holds all that it may do.',
  ),
} as const
