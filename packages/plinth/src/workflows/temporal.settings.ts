import { z } from 'zod'

/** Where Temporal is. */
export const temporalSettings = z.strictObject({
  enabled: z
    .boolean()
    .optional()
    .describe('Whether Temporal is used; by default it is when temporal.url is set.'),
  url: z
    .string()
    .regex(
      /^(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5}$/i,
      'is no host with a port → write it like localhost:7233',
    )
    .meta({ takes: 'a host with a port like localhost:7233' })
    .optional()
    .describe('Host and port of the Temporal front end, for example localhost:7233.'),
})

/** Parsed {@link temporalSettings}. */
export type TemporalSettings = z.output<typeof temporalSettings>
