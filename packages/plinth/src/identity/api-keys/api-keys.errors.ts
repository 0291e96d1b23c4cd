import { problem } from '../../kernel/index.ts'

/** What using and looking after API keys may be refused with. */
export const apiKeyProblems = {
  // One answer for every way a key can be wrong: it says nothing about which one it was.
  invalid: problem(
    'api_key.invalid',
    401,
    'The API key is not valid here. Check that it is complete, not expired and not revoked.',
  ),
  unknown: problem('api_key.unknown', 404, 'There is no such API key.'),
  ownerUnknown: problem(
    'api_key.owner_unknown',
    404,
    'No active member of the tenant is meant. Name one by id, by a verified address, or a service account by its name.',
  ),
  beyondYours: problem(
    'api_key.beyond_yours',
    403,
    'A key can hold only what you hold yourself. The details name what is beyond it.',
  ),
  notYours: problem(
    'api_key.not_yours',
    403,
    'This key acts as somebody else. You may revoke it; only its owner may do anything else with it.',
  ),
  ended: problem('api_key.ended', 409, 'This key is revoked or expired. Make a new one.'),
  rotated: problem(
    'api_key.rotated',
    409,
    'This key was rotated before. Rotate the one that followed it.',
  ),
  tooMany: problem(
    'api_key.too_many',
    409,
    'The owner has as many keys as one may have. Revoke one that is no longer used.',
  ),
  unfit: problem(
    'api_key.unfit',
    422,
    'The key cannot be made like this. The details name the fields and what would be right.',
  ),
} as const
