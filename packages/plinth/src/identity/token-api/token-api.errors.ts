import { problem } from '../../kernel/index.ts'

/** What the token API may refuse. The sentences are those of contract 5. */
export const tokenApiProblems = {
  signInAtProvider: problem(
    'auth.sign_in_at_provider',
    400,
    'Whoever has an account at a provider signs in there: open /auth/web/login in a browser.',
  ),
  missingRefreshToken: problem('auth.missing_refresh_token', 401, 'Missing refresh token'),
  invalidRefreshToken: problem('auth.invalid_refresh_token', 401, 'Invalid refresh token'),
  refreshTokenExpired: problem('auth.refresh_token_expired', 401, 'Refresh token expired'),
  refreshTokenReused: problem('auth.refresh_token_reused', 401, 'Refresh token reuse detected'),
  unknownTokenSession: problem('auth.unknown_token_session', 404, 'Session not found'),
  twoRefreshTokens: problem(
    'auth.two_refresh_tokens',
    400,
    'A refresh token came in the body and in a cookie. Send one of the two.',
  ),
  tooManyRefusals: problem(
    'auth.too_many_refused_tokens',
    429,
    'Too many refused refresh tokens came from your address. Try again in a moment.',
  ),
} as const
