import { permissions } from '../../access/index.ts'

/** What may be done with the sessions of others. No role in a tenant holds it. */
export const mayPlatformSessions = permissions('platform', {
  end_sessions: 'Sign a person out everywhere, or everybody',
})
