import { z } from 'zod'
import { ONE_LINE, systemClock } from '../../kernel/index.ts'

/** What a person may say of their gender (contract 9). */
export const GENDERS = ['unknown', 'female', 'male', 'non_binary', 'other'] as const

/** How a person may be reached (contract 9). */
export const CONTACT_METHODS = ['email', 'phone', 'sms', 'push'] as const

const TEXT = /^[^\p{Cs}\0-\x08\x0b\x0c\x0e-\x1f\x7f]*$/u

/** One line of plain text. */
export function line(most: number) {
  return z.string().trim().max(most).regex(ONE_LINE, 'must be plain text on one line')
}

/** Plain text of several lines. */
export function paragraphs(most: number) {
  return z.string().max(most).regex(TEXT, 'must be plain text')
}

/** Free facts about somebody: a flat or nested object, small. */
export const metadata = z
  .record(z.string().min(1).max(64), z.json())
  .refine((value) => JSON.stringify(value).length <= 8_192, 'must be 8 KB at most')

const firstName = line(80).min(1)

/** The profile of a person as it is written: each field on its own, null takes it away. */
export const profileFields = {
  first_name: firstName,
  last_name: line(80),
  display_name: line(120).min(1),
  avatar_url: z
    .url({ protocol: /^https$/ })
    .max(500)
    .nullable(),
  bio: paragraphs(2_000).nullable(),
  phone: z
    .string()
    .trim()
    .regex(/^\+?[0-9 ()./-]{3,40}$/, 'must be a telephone number')
    .nullable(),
  date_of_birth: z.iso.date().refine(isNotAhead, 'must not lie in the future').nullable(),
  gender: z.enum(GENDERS).nullable(),
  preferred_contact_method: z.enum(CONTACT_METHODS).nullable(),
  locale: z
    .string()
    .max(35)
    .regex(/^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$/, 'must be a language tag, such as en-GB')
    .nullable(),
  timezone: z
    .string()
    .max(64)
    .refine(isTimezone, 'must be a time zone, such as Europe/Berlin')
    .nullable(),
  address_line1: line(120).nullable(),
  address_line2: line(120).nullable(),
  city: line(80).nullable(),
  region: line(80).nullable(),
  postal_code: line(20).nullable(),
  country_code: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two capital letters, such as DE')
    .nullable(),
  marketing_opt_in: z.boolean(),
} as const

/** Name of a field of the profile. */
export type ProfileField = keyof typeof profileFields

/** A profile as it is shown: a field that nobody filled is null. */
export const shownProfile = {
  first_name: z.string(),
  last_name: z.string(),
  display_name: z.string(),
  avatar_url: z.string().nullable(),
  bio: z.string().nullable(),
  phone: z.string().nullable(),
  date_of_birth: z.string().nullable(),
  gender: z.enum(GENDERS).nullable(),
  preferred_contact_method: z.enum(CONTACT_METHODS).nullable(),
  locale: z.string().nullable(),
  timezone: z.string().nullable(),
  address_line1: z.string().nullable(),
  address_line2: z.string().nullable(),
  city: z.string().nullable(),
  region: z.string().nullable(),
  postal_code: z.string().nullable(),
  country_code: z.string().nullable(),
  marketing_opt_in: z.boolean(),
} as const

/** Fields of a profile to write; those left out stay. */
export type ProfileChange = {
  readonly [F in ProfileField]?: z.output<(typeof profileFields)[F]> | undefined
}

/** A change of a profile as a request carries it: any of the fields, nothing else. */
export const profileChange = {
  first_name: profileFields.first_name.exactOptional(),
  last_name: profileFields.last_name.exactOptional(),
  display_name: profileFields.display_name.exactOptional(),
  avatar_url: profileFields.avatar_url.exactOptional(),
  bio: profileFields.bio.exactOptional(),
  phone: profileFields.phone.exactOptional(),
  date_of_birth: profileFields.date_of_birth.exactOptional(),
  gender: profileFields.gender.exactOptional(),
  preferred_contact_method: profileFields.preferred_contact_method.exactOptional(),
  locale: profileFields.locale.exactOptional(),
  timezone: profileFields.timezone.exactOptional(),
  address_line1: profileFields.address_line1.exactOptional(),
  address_line2: profileFields.address_line2.exactOptional(),
  city: profileFields.city.exactOptional(),
  region: profileFields.region.exactOptional(),
  postal_code: profileFields.postal_code.exactOptional(),
  country_code: profileFields.country_code.exactOptional(),
  marketing_opt_in: profileFields.marketing_opt_in.exactOptional(),
} as const

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const EAST_MS = 14 * 3_600_000

/** Where the day begins first, it is 14 hours later than in UTC: whoever is born there today is born. */
function isNotAhead(date: string): boolean {
  return date <= new Date(systemClock.now() + EAST_MS).toISOString().slice(0, 10)
}
