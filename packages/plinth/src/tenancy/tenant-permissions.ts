import { permissions } from '../access/index.ts'

/** What may be done in a tenant with the tenant itself. */
export const mayInTenant = permissions('tenant', {
  update: 'Change the name and the short name of the tenant',
  read_members: 'See who belongs to the tenant',
  manage_members: 'Change and remove members of the tenant',
  settings: 'Read and change the settings of the tenant',
  export: 'Get all data of the tenant; owners only',
  delete: 'Delete the tenant; owners only',
})

/** What may be done with the platform itself. No role in a tenant holds any of it. */
export const mayOnPlatform = permissions('platform', {
  read_tenants: 'See all tenants of the service',
  manage_tenants: 'Suspend, resume and delete tenants',
})
