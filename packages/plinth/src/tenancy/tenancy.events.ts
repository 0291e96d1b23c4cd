import { defineEvents } from '../audit/index.ts'

/** What the audit log keeps of tenants. */
export const tenancyEvents = defineEvents('tenant', {
  created: {},
  /** A session began to work in the tenant. */
  entered: {},
})
