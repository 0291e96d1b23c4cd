import { z } from 'zod'
import { type SystemJob, systemJob } from '../jobs/index.ts'
import type { Clock } from '../kernel/index.ts'
import type { MessageSeal } from './sealed-message.ts'
import type { SmsTransport } from './sms-transport.ts'

/** What sending SMS needs. */
export interface SmsJobDeps {
  readonly transport: SmsTransport
  readonly seal: MessageSeal
  readonly clock: Clock
}

/** With pauses that double from 5 s on, the last attempt comes after some two minutes. */
const RETRIES = 5
const written = z.object({ text: z.string() })

/** Sends SMS. One that is too late is dropped: the person has asked for another by now. */
export function smsJob(name: string, { transport, seal, clock }: SmsJobDeps): SystemJob {
  return systemJob(name, {
    input: { to: z.string(), sealed: z.string(), notAfter: z.iso.datetime({ offset: true }) },
    personal: true,
    retries: RETRIES,
    timeoutSeconds: 30,
    handle: async ({ input: { to, sealed, notAfter } }) => {
      if (clock.now() >= Date.parse(notAfter)) return
      const { text } = written.parse(seal.open(to, sealed))
      await transport.send({ to, text })
    },
  })
}
