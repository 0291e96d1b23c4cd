import { apiKeyTables } from './api-keys/api-keys.tables.ts'
import { attemptTables } from './attempts/attempts.tables.ts'
import { invitationTables } from './invitations/invitations.tables.ts'
import { linkingTables } from './linking/linking.tables.ts'
import { logoutTables } from './logout/logout.tables.ts'
import { mfaTables } from './mfa/mfa.tables.ts'
import { oauthTables } from './oauth/oauth.tables.ts'
import { oidcTables } from './oidc/oidc.tables.ts'
import { oneTimeTables } from './one-time/one-time.tables.ts'
import { passkeyTables } from './passkeys/passkeys.tables.ts'
import { passwordTables } from './password/password.tables.ts'
import { peopleTables } from './people/people.tables.ts'
import { sessionTables } from './sessions/sessions.tables.ts'
import { tokenApiTables } from './token-api/token-api.tables.ts'
import { signingKeyTables } from './tokens/own/signing-keys.tables.ts'

/** Every table that identity owns. */
export const identityTables = [
  ...peopleTables,
  ...invitationTables,
  ...sessionTables,
  ...oidcTables,
  ...linkingTables,
  ...logoutTables,
  ...signingKeyTables,
  ...tokenApiTables,
  ...oauthTables,
  ...mfaTables,
  ...apiKeyTables,
  ...attemptTables,
  ...passwordTables,
  ...oneTimeTables,
  ...passkeyTables,
]
