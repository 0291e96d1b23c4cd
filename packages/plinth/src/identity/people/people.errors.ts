import { problem } from '../../kernel/index.ts'

/** What looking after people may be refused with. */
export const peopleProblems = {
  // One answer for what is not there and what is another tenant's.
  unknown: problem('people.unknown', 404, 'There is no such person.'),
  taken: problem('people.taken', 409, 'Somebody with this e-mail address is already here.'),
  notYours: problem(
    'people.not_yours',
    403,
    'These fields belong to the person; only they or an administrator of the platform change them.',
  ),
  beyondYours: problem(
    'people.beyond_yours',
    403,
    'You can only change people below you, and only grant what you hold yourself.',
  ),
  aboveYou: problem(
    'people.above_you',
    403,
    'This person holds more on the platform than you do; only somebody who holds as much changes them.',
  ),
  noMail: problem('people.no_mail', 409, 'A service account has no e-mail address.'),
  stale: problem(
    'people.stale',
    412,
    'The person has changed since they were read; read them again and repeat the change.',
  ),
  ownStatus: problem(
    'people.own_status',
    409,
    'You cannot deactivate or remove yourself here; leave the tenant, or ask another administrator.',
  ),
  ownerStatus: problem(
    'people.owner_status',
    409,
    'An owner of a tenant is always active and has joined it. Make them something else first.',
  ),
  lastAdministrator: problem(
    'people.last_administrator',
    409,
    'A tenant needs somebody who may do everything there. Give that to somebody else first.',
  ),
  ownsTenants: problem(
    'people.owns_tenants',
    409,
    'The person is the only owner of an organisation. Hand it on or delete it first.',
  ),
  platformAdministrator: problem(
    'people.platform_administrator',
    409,
    'Take the role on the platform away first: plinth platform revoke.',
  ),
  refusedByHook: problem('people.refused', 403, 'This service does not let that person in there.'),
} as const
