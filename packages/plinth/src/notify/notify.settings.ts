import { z } from 'zod'
import { credential } from '../config/index.ts'
import { isMailbox } from './mail-address.ts'

const smtp = z.strictObject({
  host: z
    .string()
    .nullable()
    .default(null)
    .describe('Name of the mail server; while it is not set no mail is sent.'),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .default(587)
    .describe('Port of the mail server: 587 with starttls, 465 with tls.'),
  user: z
    .string()
    .nullable()
    .default(null)
    .describe('User name at the mail server; none signs in without one.'),
  password: credential().optional().describe('Password at the mail server.'),
  from: z
    .string()
    .refine(
      isMailbox,
      'must be an address like no-reply@example.com or "Shop <no-reply@example.com>"',
    )
    .default('no-reply@localhost')
    .describe('Sender of all mail: an address, or a name and an address in angle brackets.'),
  tls: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('starttls and tls refuse to send without encryption; none is for a local mailbox.'),
})

/** Settings of outgoing messages (`notify` in config.yaml). */
export const notifySettings = z.strictObject({
  smtp: smtp.prefault({}).describe('The mail server.'),
})

/** The parsed settings of outgoing messages. */
export type NotifySettings = z.output<typeof notifySettings>
