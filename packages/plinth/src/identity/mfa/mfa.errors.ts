import { problem } from '../../kernel/index.ts'

/** What second factors may refuse. The sentences of 401 and 404 are those of contract 5. */
export const mfaProblems = {
  invalidCode: problem('mfa.invalid_code', 401, 'Invalid MFA code'),
  invalidPassword: problem('mfa.invalid_password', 401, 'Invalid credentials'),
  invalidToken: problem('mfa.invalid_token', 401, 'Invalid MFA token'),
  unknownMethod: problem('mfa.unknown_method', 404, 'MFA method not found'),
  taken: problem('mfa.method_taken', 409, 'Primary MFA method already exists for this user'),
  otherPerson: problem(
    'mfa.other_person',
    403,
    'A second factor can be set up by its own person only.',
  ),
  locked: problem(
    'mfa.locked',
    429,
    'Too many wrong codes. Wait before you try another; your open sessions go on.',
  ),
  tooManyCodes: problem(
    'mfa.too_many_codes',
    429,
    'Too many codes were sent. Use the last one, wait, or choose another way.',
  ),
  notOffered: problem(
    'mfa.not_offered',
    422,
    'This way is not offered here. Choose another second factor.',
  ),
  noAddress: problem(
    'mfa.no_address',
    422,
    'There is no e-mail address of yours that was verified. Verify one first, or choose another way.',
  ),
  phoneRefused: problem(
    'mfa.phone_refused',
    422,
    'Codes are not sent to numbers of this country. Choose another way.',
  ),
  lastFactor: problem(
    'mfa.last_factor',
    409,
    'A second factor is demanded of you, and this is your only one. Set up another one before you remove it.',
  ),
  stepUpNeeded: problem(
    'mfa.step_up_needed',
    401,
    'Confirm with one of your second factors that it is you, then repeat this.',
  ),
  nothingToProve: problem(
    'mfa.nothing_to_prove',
    422,
    'You have nothing here that could be asked for. Sign in again at your provider.',
  ),
  ownFactorFirst: problem(
    'mfa.own_factor_first',
    403,
    'Only a person who has signed in with a second factor may change this. Set one up, or confirm with yours, then repeat this.',
  ),
  unknownPerson: problem('mfa.unknown_person', 404, 'There is no such person.'),
  unknownDevice: problem(
    'mfa.unknown_device',
    404,
    'There is no such remembered browser of yours.',
  ),
} as const
