import { z } from 'zod'
import { credential, httpUrl } from '../config/index.ts'
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

const sms = z
  .strictObject({
    adapter: z
      .enum(['off', 'console', 'http'])
      .default('off')
      .describe(
        'How SMS are sent: off sends none, console writes them to the log of a development service, http hands them to a gateway.',
      ),
    url: httpUrl()
      .nullable()
      .default(null)
      .describe(
        'Where the gateway takes messages, as a form with To, From and Body: https://api.twilio.com/2010-04-01/Accounts/<sid>/Messages.json.',
      ),
    user: z
      .string()
      .nullable()
      .default(null)
      .describe('User name at the gateway; at Twilio the account SID.'),
    password: credential()
      .optional()
      .describe('Password at the gateway; at Twilio the authentication token.'),
    from: z
      .string()
      .regex(
        /^(?:\+[1-9]\d{6,14}|[A-Za-z0-9 ]{1,11})$/,
        'must be a number like +4915112345678 or a name of up to 11 letters',
      )
      .nullable()
      .default(null)
      .describe('Sender of all SMS: a phone number, or a name of up to 11 letters.'),
  })
  .refine(({ adapter, url, from }) => adapter !== 'http' || (url !== null && from !== null), {
    message: 'url and from must be set while adapter is http',
  })

/** Settings of outgoing messages (`notify` in config.yaml). */
export const notifySettings = z.strictObject({
  smtp: smtp.prefault({}).describe('The mail server.'),
  sms: sms.prefault({}).describe('The SMS gateway.'),
})

/** The parsed settings of outgoing messages. */
export type NotifySettings = z.output<typeof notifySettings>
