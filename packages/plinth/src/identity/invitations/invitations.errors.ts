import { problem } from '../../kernel/index.ts'

/** What asking people in, and coming in, may be refused with. */
export const invitationProblems = {
  unknown: problem('invitation.unknown', 404, 'There is no such invitation that waits.'),
  tooMany: problem(
    'invitation.too_many',
    409,
    'Too many invitations wait to be accepted. Revoke some, or wait.',
  ),
  // One answer for unknown, used, revoked and late: a token tells nothing about itself.
  invalid: problem(
    'invitation.invalid',
    400,
    'The invitation is not valid any more. Ask for a new one.',
  ),
  otherAddress: problem(
    'invitation.other_address',
    403,
    'The invitation is for another e-mail address than the verified ones of your account. Sign in with the account of that address.',
  ),
  signInFirst: problem(
    'invitation.sign_in_first',
    409,
    'There is an account with that e-mail address. Sign in with it, then accept the invitation.',
  ),
  passwordNeeded: problem(
    'invitation.password_needed',
    422,
    'Nobody has an account with that e-mail address yet. Send a password to make one, or sign in first if yours has another address.',
  ),
  signedInAlready: problem(
    'invitation.signed_in_already',
    409,
    'You are signed in. Accept with this account, without a password, or sign out first.',
  ),
  noAccounts: problem(
    'invitation.no_accounts',
    409,
    'This service has no accounts with a password. Sign in with your provider, then accept the invitation.',
  ),
} as const
