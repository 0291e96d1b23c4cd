import { permissions } from '../../access/index.ts'

/** What may be done in a tenant with its machine clients. */
export const mayClients = permissions('oauth_client', {
  read: 'See the machine clients of the tenant',
  manage: 'Make and revoke machine clients that may do no more than oneself',
  introspect: 'As a machine, ask whether any token of the tenant is good',
})
