import { problem } from '../../kernel/index.ts'

/** What accounts of our own may refuse. The sentences are those of contract 5 where it has one. */
export const accountProblems = {
  invalidCredentials: problem('auth.invalid_credentials', 401, 'Invalid credentials'),
  passwordResetRequired: problem(
    'PASSWORD_RESET_REQUIRED',
    428,
    'This password must be changed before it signs you in. Ask for a reset link, and set a new one.',
  ),
  busy: problem(
    'auth.busy',
    503,
    'Too many people are signing in at this moment. Try again in a few seconds.',
  ),
  weakPassword: problem(
    'auth.weak_password',
    422,
    'This password is too easy to guess. Choose another one; `details` says why.',
  ),
  wrongPassword: problem(
    'auth.wrong_password',
    401,
    'The current password is not right. Check it, or ask for a reset link.',
  ),
  noSignInName: problem(
    'auth.no_sign_in_name',
    409,
    'Your account has no confirmed e-mail address to sign in with, so a password would open nothing. Confirm one first.',
  ),
  confirmPassword: problem(
    'auth.confirm_password',
    403,
    'Open this link in the browser in which you made the account, or send the password that you chose then.',
  ),
  samePassword: problem(
    'auth.same_password',
    400,
    'The new password is the same as the current one. Choose another.',
  ),
  invalidResetToken: problem('auth.invalid_reset_token', 401, 'Invalid reset token'),
  noPassword: problem('auth.no_password', 404, 'No credentials found'),
  invalidVerification: problem(
    'auth.invalid_verification_token',
    401,
    'This link is not valid, or not any more. Ask for a new one.',
  ),
  otherAccount: problem(
    'auth.other_account',
    403,
    'This link belongs to somebody else than the person signed in here. Sign out, then open it again.',
  ),
  registrationClosed: problem(
    'auth.registration_closed',
    403,
    'New accounts are made by invitation here. Ask somebody of the service to invite you.',
  ),
  emailTaken: problem(
    'auth.email_taken',
    409,
    'Somebody signs in with this address by now. Choose another, or reset the password of that account.',
  ),
} as const
