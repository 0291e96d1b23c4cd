import { permissions } from '../../../access/index.ts'

/** What administrators of the platform may do with the keys that sign our tokens. */
export const mayWithKeys = permissions('platform', {
  manage_signing_keys: 'See the keys that sign access tokens, make the next one, and take one back',
})
