import { permissions } from '../../access/index.ts'

/** What may be done with the roles of a tenant. */
export const mayRoles = permissions('rbac', {
  read: 'See the roles and permissions of the tenant, and who has which role',
  manage: 'Make and change roles and permissions, and give them to people',
})

/** What the built-in roles give beside what other parts of the service declare. */
export const roleDuties = [
  permissions('audit', { read: 'Read the audit log of the tenant' }),
  permissions('scheduler', { manage: 'Look after the scheduled jobs of the tenant' }),
  permissions('settings', { manage: 'Change the settings of the tenant' }),
] as const
