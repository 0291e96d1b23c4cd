import { defineEvents } from '../../../audit/index.ts'

/** What the audit log keeps of signing keys. */
export const signingKeyEvents = defineEvents('signing_key', {
  made: {},
  taken_back: {},
})
