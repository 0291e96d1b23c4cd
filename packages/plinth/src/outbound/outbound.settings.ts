import { z } from 'zod'

/** Limits of every call that the service makes to another host. */
export const outboundSettings = z.strictObject({
  timeout_ms: z
    .int()
    .min(100)
    .max(60_000)
    .default(10_000)
    .describe('Milliseconds after which a call to another host is given up, whatever has arrived.'),
  max_answer_bytes: z
    .int()
    .min(1_024)
    .max(67_108_864)
    .default(1_048_576)
    .describe('Largest answer in bytes that is read from another host.'),
})

/** Parsed {@link outboundSettings}. */
export type OutboundSettings = z.output<typeof outboundSettings>
