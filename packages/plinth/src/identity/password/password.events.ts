import { z } from 'zod'
import { defineEvents } from '../../audit/index.ts'

/** What the audit log keeps of passwords and the addresses that go with them. */
export const passwordEvents = defineEvents('password', {
  changed: { reasons: ['wrong_password', 'locked', 'same_password'] },
  reset_requested: { reasons: ['unknown_name', 'person_disabled', 'too_many'] },
  /** Set by a link that was sent, in place of one that was there or not. */
  reset: { reasons: ['invalid_token'], data: { sessions: z.int() } },
  /** The same password, hashed as settings say now. */
  rehashed: {},
})
