import { problem } from '../kernel/index.ts'

/** What signing in, refreshing and signing out may refuse. The sentences are those of contract 4. */
export const identityProblems = {
  unknownProvider: problem('auth.unknown_provider', 400, 'Unknown provider'),
  missingLogin: problem('auth.missing_login', 400, 'Missing auth session'),
  invalidLogin: problem('auth.invalid_login', 400, 'Invalid or expired auth session'),
  noSession: problem('auth.no_session', 401, 'No session found'),
  invalidSession: problem('auth.invalid_session', 401, 'Invalid session'),
  refreshFailed: problem('auth.refresh_failed', 401, 'Session refresh failed'),
  providerUnavailable: problem(
    'auth.provider_unavailable',
    503,
    'The identity provider cannot be reached. Try again in a moment.',
  ),
} as const
