import { problem } from '../kernel/index.ts'

/** What the database may make of a request. */
export const dataProblems = {
  unavailable: problem(
    'data.unavailable',
    503,
    'The database does not answer at the moment; try again in a few seconds.',
  ),
  timeout: problem(
    'data.timeout',
    503,
    'The database took too long for this request; try again in a few seconds.',
  ),
  contended: problem(
    'data.contended',
    409,
    'Another request changed the same data at the same time; try again.',
  ),
  taken: problem('data.taken', 409, 'This value is already in use.'),
  referenced: problem(
    'data.referenced',
    409,
    'This refers to something that does not exist, or something still refers to it.',
  ),
  rule: problem('data.rule', 422, 'These values break a rule of the stored data.'),
  invalidValue: problem(
    'data.invalid_value',
    400,
    'A value has characters or a size that cannot be stored.',
  ),
} as const
