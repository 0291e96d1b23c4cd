import { z } from 'zod'
import { defineEvents } from '../../audit/index.ts'

/** What the audit log keeps of accounts of our own. */
export const accountEvents = defineEvents('account', {
  /** Somebody confirmed their address, and is a person now. */
  registered: { reasons: ['invalid_token', 'other_browser', 'email_taken'] },
  registration_asked: { reasons: ['exists', 'too_many', 'closed'] },
  profile_changed: { data: { fields: z.array(z.string()) } },
  email_change_asked: {},
  email_changed: { reasons: ['invalid_token', 'other_account', 'email_taken'] },
})
