import { z } from 'zod'
import { defineEvents } from '../../audit/index.ts'

/** What the audit log keeps of invitations: never an address. */
export const invitationEvents = defineEvents('invitation', {
  created: { data: { role: z.string() } },
  sent_again: {},
  revoked: {},
  /** Somebody brought a token to see what it is about; only one that is none is worth a row. */
  looked_at: { reasons: ['invalid_token'] },
  /** By whoever was asked in, or holds the mail. */
  declined: { reasons: ['invalid_token'] },
  /** Ended long enough ago; those who never came went with theirs. */
  forgotten: { data: { count: z.int() } },
  accepted: {
    reasons: ['invalid_token', 'other_address', 'sign_in_first', 'no_accounts', 'refused'],
    data: { new_account: z.boolean(), was_member: z.boolean() },
  },
})
