import { problem } from '../kernel/index.ts'

/** What signing in, refreshing and signing out may refuse. The sentences are those of contract 4. */
export const identityProblems = {
  unknownProvider: problem('auth.unknown_provider', 400, 'Unknown provider'),
  missingLogin: problem('auth.missing_login', 400, 'Missing auth session'),
  invalidLogin: problem('auth.invalid_login', 400, 'Invalid or expired auth session'),
  noSession: problem('auth.no_session', 401, 'No session found'),
  invalidSession: problem('auth.invalid_session', 401, 'Invalid session'),
  unknownSession: problem('auth.unknown_session', 404, 'There is no such session of yours.'),
  sessionRevoked: problem('auth.session_revoked', 400, 'Session already revoked'),
  refreshFailed: problem('auth.refresh_failed', 401, 'Session refresh failed'),
  stepUpFailed: problem(
    'auth.step_up_failed',
    403,
    'The identity provider did not confirm a sign-in that is recent and strong enough. Try again, and sign in there anew.',
  ),
  otherPerson: problem(
    'auth.other_person',
    403,
    'That account belongs to somebody else than the person signed in here. Sign in with your own, or sign out first.',
  ),
  sessionChanged: problem(
    'auth.session_changed',
    403,
    'You were signed out while you proved the other account. Sign in and link it again.',
  ),
  identityTaken: problem(
    'auth.identity_taken',
    409,
    'That account already signs in somebody else here, so it was not linked. Sign in with it to see who.',
  ),
  unknownIdentity: problem('auth.unknown_identity', 404, 'There is no such account of yours.'),
  linkOfferGone: problem(
    'auth.link_offer_gone',
    404,
    'This offer to link an account is over. Start again from your accounts.',
  ),
  lastIdentity: problem(
    'auth.last_identity',
    409,
    'This is the only account that you can sign in with. Link another one before you remove it.',
  ),
  signInAgain: problem(
    'auth.sign_in_again',
    401,
    'Your sign-in was too long ago for this. Sign in again, then repeat it.',
  ),
  secondFactorNeeded: problem(
    'auth.second_factor_needed',
    403,
    'A second factor is needed there. Set one up, or confirm with the one you have, then repeat this.',
  ),
  logoutRefused: problem(
    'auth.logout_refused',
    400,
    'The logout token was refused. Nothing was signed out; the reason is in the audit log.',
  ),
  tooManyLogouts: problem(
    'auth.too_many_logouts',
    429,
    'Too many refused logout tokens. Try again in a moment.',
  ),
  frontchannelLogout: problem(
    'auth.frontchannel_logout',
    400,
    'Front-channel logout is not offered, and nothing was signed out. Register the address of back-channel logout at the provider.',
  ),
  logoutState: problem(
    'auth.logout_state',
    400,
    'This sign-out was not started here, or too long ago. You can close this page.',
  ),
  invalidToken: problem(
    'auth.invalid_token',
    401,
    'The access token is not valid, or not for this service. Get a new one and try again.',
  ),
  providerUnavailable: problem(
    'auth.provider_unavailable',
    503,
    'The identity provider cannot be reached. Try again in a moment.',
  ),
} as const
