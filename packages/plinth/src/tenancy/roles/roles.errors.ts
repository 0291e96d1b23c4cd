import { problem } from '../../kernel/index.ts'

/** What changing roles and permissions may be refused with. */
export const roleProblems = {
  unknown: problem('role.unknown', 404, 'There is no such role in this tenant.'),
  notGiven: problem('role.not_given', 404, 'That person does not have this role.'),
  notGranted: problem('role.not_granted', 404, 'That role does not give this permission.'),
  nameTaken: problem('role.name_taken', 409, 'There is a role of that name. Choose another.'),
  builtIn: problem(
    'role.built_in',
    409,
    'A built-in role cannot be changed or deleted. Make a role of your own instead.',
  ),
  beyondYours: problem(
    'role.beyond_yours',
    403,
    'You can only change roles and people below you, and only grant what you hold yourself.',
  ),
  lastAdministrator: problem(
    'role.last_administrator',
    409,
    'A tenant needs somebody who may do everything. Give another person the role admin first.',
  ),
  permissionUnknown: problem(
    'permission.unknown',
    422,
    'There is no such permission. The list of permissions names all that can be granted.',
  ),
  permissionNotFound: problem('permission.not_found', 404, 'There is no such permission.'),
  permissionTaken: problem(
    'permission.taken',
    409,
    'That permission is there already. Choose another key, or use it as it is.',
  ),
  permissionDeclared: problem(
    'permission.declared',
    409,
    'The service itself declares the permissions of that area; a tenant cannot add to it or change it.',
  ),
  permissionInUse: problem(
    'permission.in_use',
    409,
    'Roles give this permission. Take it from them first.',
  ),
} as const
