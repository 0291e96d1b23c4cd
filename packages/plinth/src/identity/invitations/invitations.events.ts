import { z } from 'zod'
import { defineEvents } from '../../audit/index.ts'

/** What the audit log keeps of invitations: never an address. */
export const invitationEvents = defineEvents('invitation', {
  created: { data: { role: z.string() } },
  sent_again: {},
  revoked: {},
  /** By whoever was asked in, or holds the mail. */
  declined: {},
  /** Ended long enough ago; those who never came went with theirs. */
  forgotten: { data: { count: z.int() } },
  accepted: {
    reasons: ['invalid_token', 'other_address', 'sign_in_first', 'no_accounts', 'refused'],
    data: { new_account: z.boolean(), was_member: z.boolean() },
  },
})
