import { permissions } from '../../access/index.ts'

/** What may be done in a tenant with its people. */
export const mayPeople = permissions('people', {
  read: 'See the people of the tenant',
  write: 'Add and invite people, change what they are in the tenant, and remove them from it',
})

/** What may be done with the people of the whole service. No role in a tenant holds any of it. */
export const mayPlatformPeople = permissions('platform', {
  read_people: 'See all people of the service',
  manage_people: 'Change, deactivate, export and erase people',
})
