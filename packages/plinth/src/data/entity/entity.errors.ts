import { problem } from '../../kernel/index.ts'

/** What reading or writing an entity may answer. */
export const entityProblems = {
  /** Unknown, deleted, or another tenant's: the caller cannot tell which (contract D3). */
  notFound: problem('entity.not_found', 404, 'There is no such resource.'),
  conflict: problem('entity.conflict', 409, 'Another resource already has this value.'),
  inUse: problem('entity.in_use', 409, 'Other resources still refer to this one.'),
  /** The version that the caller named is no longer the current one (RFC 9110 §13.1.1). */
  stale: problem(
    'entity.stale',
    412,
    'The resource has changed since it was read; read it again and repeat the change.',
  ),
  condition: problem(
    'entity.condition_malformed',
    400,
    'If-Match and If-None-Match hold entity tags in double quotes, such as "3", or a star alone.',
  ),
  invalid: problem('entity.invalid', 422, 'Some fields are not valid.'),
  cursor: problem(
    'entity.cursor_invalid',
    400,
    'The cursor is not one that this list gave out; start again without it.',
  ),
} as const
