import { problem } from '../kernel/index.ts'

/** What HTTP itself refuses, before any feature is asked. */
export const httpProblems = {
  malformed: problem('http.malformed', 400, 'The request cannot be read. Check its syntax.'),
  twoCredentials: problem(
    'http.two_credentials',
    400,
    'Send one credential only: the session cookie, a bearer token or an API key.',
  ),
  tenantRequired: problem('tenant.required', 400, 'Tenant identifier required'),
  notSignedIn: problem('access.not_signed_in', 401, 'Sign in first.'),
  stepUp: problem(
    'access.insufficient_user_authentication',
    401,
    'This needs a sign-in that is more recent or stronger. Sign in again.',
  ),
  notInPerson: problem(
    'access.in_person',
    403,
    'Only a person who signed in may do this; an API key or the token of a machine may not.',
  ),
  readOnly: problem(
    'access.read_only',
    403,
    'This key only reads. Use one that may change things.',
  ),
  notPermitted: problem('access.not_permitted', 403, 'You are not allowed to do this.'),
  csrf: problem('http.csrf', 403, 'Invalid CSRF token'),
  origin: problem('http.origin', 403, 'Origin not allowed'),
  crossSite: problem(
    'http.cross_site',
    403,
    'Another site opened this. Open it from this service itself.',
  ),
  notFound: problem('http.not_found', 404, 'There is nothing at this address.'),
  methodNotAllowed: problem('http.method_not_allowed', 405, 'This method is not supported here.'),
  keyInFlight: problem(
    'http.idempotency_in_flight',
    409,
    'A request with this Idempotency-Key is being carried out. Ask again in a moment.',
  ),
  keyReused: problem(
    'http.idempotency_key_reused',
    422,
    'This Idempotency-Key was used for another body. Take a new key for a new request.',
  ),
  timeout: problem('http.timeout', 408, 'The request took too long to arrive.'),
  bodyTooLarge: problem('http.body_too_large', 413, 'The body is larger than this route accepts.'),
  urlTooLong: problem('http.url_too_long', 414, 'The address is too long.'),
  mediaType: problem(
    'http.media_type',
    415,
    'Send the body as application/json in UTF-8, without a content encoding.',
  ),
  invalid: problem('http.invalid', 422, 'Some fields are not valid. See details.'),
  tooManyReports: problem('http.too_many_reports', 429, 'Too many reports. Send no more for now.'),
  headersTooLarge: problem('http.headers_too_large', 431, 'The request has too many headers.'),
  internal: problem('http.internal', 500, 'Something went wrong on our side. Try again later.'),
  unavailable: problem('http.unavailable', 503, 'The service is busy. Try again in a moment.'),
} as const
