import { problem } from '../../kernel/index.ts'

/** What looking after machine clients may refuse; the endpoints of OAuth answer in its own words. */
export const oauthProblems = {
  unknownClient: problem('oauth.unknown_client', 404, 'There is no such machine client.'),
  unknownAccount: problem(
    'oauth.unknown_account',
    422,
    'There is no such service account in this tenant. Make one first.',
  ),
  beyondYours: problem(
    'oauth.beyond_yours',
    403,
    'A machine client can be given only what you may do yourself, and looked after only by who may do all that it may.',
  ),
  beyondAccount: problem(
    'oauth.beyond_account',
    422,
    'A machine client gets no more than its service account may do. Name fewer scopes, or give the account more.',
  ),
  unfitKeys: problem(
    'oauth.unfit_keys',
    422,
    'These keys cannot be used. Send public keys of P-256, Ed25519 or RSA with 2048 bits or more, each with a kid of its own.',
  ),
  tooManyRefusals: problem(
    'oauth.too_many_refusals',
    429,
    'Too many clients from your address did not prove themselves. Try again in a moment.',
  ),
  noSecrets: problem(
    'oauth.no_secrets',
    409,
    'This client proves itself by its own keys; it has no secret. Make a new client for new keys.',
  ),
} as const
