import { problem } from '../kernel/index.ts'

/** What signing in, refreshing and signing out may refuse. The sentences are those of contract 4. */
export const identityProblems = {
  unknownProvider: problem('auth.unknown_provider', 400, 'Unknown provider'),
  missingLogin: problem('auth.missing_login', 400, 'Missing auth session'),
  invalidLogin: problem('auth.invalid_login', 400, 'Invalid or expired auth session'),
  noSession: problem('auth.no_session', 401, 'No session found'),
  invalidSession: problem('auth.invalid_session', 401, 'Invalid session'),
  refreshFailed: problem('auth.refresh_failed', 401, 'Session refresh failed'),
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
