import { z } from 'zod'
import { secret } from '../../config/index.ts'

const sms = z.strictObject({
  countries: z
    .array(z.string().regex(/^\+[1-9]\d{0,3}$/, 'must be the code of a country, like +49'))
    .default([])
    .describe(
      'Codes of the countries to which codes are sent, like +49. Numbers of others are refused: somebody earns from each SMS that they make you send.',
    ),
  most_per_day: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1_000)
    .describe('SMS that the whole service sends in a day; then none until the next.'),
  most_per_country_per_day: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(500)
    .describe('SMS to one of the listed countries in a day.'),
})

/** Settings of second factors (`mfa` in config.yaml). */
export const mfaSettings = z.strictObject({
  required: z
    .boolean()
    .default(false)
    .describe('Whether nobody gets a session without a second factor.'),
  required_roles: z
    .array(z.string().min(1).max(64))
    .default([])
    .describe(
      'Roles whose holders need a second factor in every tenant: owner, admin, member, the key of a role, or platform for administrators of the platform.',
    ),
  issuer: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[^:\p{C}]*$/u, 'must not hold a colon')
    .optional()
    .describe('Name that authenticator apps show; app.name without it.'),
  encryption_key: secret()
    .optional()
    .describe(
      'Encrypts the secrets of authenticator apps. Without it a key made from app.session_signing_secret does, and all apps must be set up anew when that changes.',
    ),
  former_encryption_key: secret()
    .optional()
    .describe(
      'The key before encryption_key: what it encrypted still opens, and is encrypted anew when it is used.',
    ),
  email_codes: z
    .boolean()
    .default(true)
    .describe(
      'Whether codes by e-mail may be a second factor (ASVS 6.3.6 asks for off at level 3).',
    ),
  code_seconds: z
    .int()
    .min(60)
    .max(600)
    .default(600)
    .describe('Seconds for which a code sent by e-mail or SMS is taken.'),
  codes_per_hour: z
    .int()
    .min(3)
    .max(60)
    .default(6)
    .describe(
      'Codes that one person, one address and one number get in an hour; where the person signed in before they have a share of their own, which no stranger uses up.',
    ),
  codes_per_day: z
    .int()
    .min(3)
    .max(200)
    .default(20)
    .describe('The same for a day, which begins at midnight UTC.'),
  challenge_seconds: z
    .int()
    .min(60)
    .max(900)
    .default(300)
    .describe('Seconds in which a sign-in must bring its second factor.'),
  remember_days: z
    .int()
    .min(0)
    .max(90)
    .default(30)
    .describe(
      'Days for which a browser that its person asked to remember needs no second factor; 0 remembers none.',
    ),
  sms: sms.prefault({}).describe('Where codes are sent by SMS, and how many.'),
})

/** Parsed {@link mfaSettings}. */
export type MfaSettings = z.output<typeof mfaSettings>
