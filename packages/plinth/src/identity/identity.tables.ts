import { linkingTables } from './linking/linking.tables.ts'
import { logoutTables } from './logout/logout.tables.ts'
import { oidcTables } from './oidc/oidc.tables.ts'
import { peopleTables } from './people/people.tables.ts'
import { sessionTables } from './sessions/sessions.tables.ts'

/** Every table that identity owns. */
export const identityTables = [
  ...peopleTables,
  ...sessionTables,
  ...oidcTables,
  ...linkingTables,
  ...logoutTables,
]
