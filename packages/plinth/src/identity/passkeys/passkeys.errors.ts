import { problem } from '../../kernel/index.ts'

/** What adding, using and removing passkeys may refuse. */
export const passkeyProblems = {
  refused: problem(
    'passkey.refused',
    401,
    'This passkey did not sign you in. Try again, or sign in another way.',
  ),
  notAdded: problem(
    'passkey.not_added',
    400,
    'The passkey was not added: the answer of the device does not fit the question, or it came too late. Start again.',
  ),
  notVerified: problem(
    'passkey.not_verified',
    400,
    'The passkey was not added: the device did not check that it is you. Set up a fingerprint, a face or a PIN on it, then try again.',
  ),
  taken: problem(
    'passkey.taken',
    409,
    'This passkey is already in use here. Choose another device, or sign in with it.',
  ),
  tooMany: problem(
    'passkey.too_many',
    409,
    'You have as many passkeys as this service allows. Remove one that you no longer use, then try again.',
  ),
  unknown: problem('passkey.unknown', 404, 'There is no such passkey of yours.'),
  lastWayIn: problem(
    'passkey.last_way_in',
    409,
    'This passkey is the only way that you can sign in. Add another passkey, a password or an account before you remove it.',
  ),
  lastFactor: problem(
    'passkey.last_factor',
    409,
    'Your organisation demands a second factor, and this passkey is your only one. Add another one before you remove it.',
  ),
  none: problem(
    'passkey.none',
    409,
    'You have no passkey here. Confirm that it is you in another way.',
  ),
} as const
