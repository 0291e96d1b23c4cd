import { permissions } from '../../access/index.ts'

/** What may be done in a tenant with API keys, beside what everybody may do with their own. */
export const mayKeys = permissions('api_key', {
  read: 'See every API key of the tenant',
  manage:
    'Make keys for service accounts, and revoke any key of the tenant; a key that holds it may make keys that can do less',
})
