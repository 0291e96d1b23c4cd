import type { PlatformDb, PlatformTx, Queryable } from '../../data/index.ts'
import type { ProfileChange, ProfileField } from './person-fields.ts'

/** What is kept of a person, in the words of the wire (contract 9). */
export interface ProfileRow {
  readonly id: string
  readonly first_name: string
  readonly last_name: string
  readonly display_name: string
  readonly email: string | null
  readonly email_verified: boolean
  readonly avatar_url: string | null
  readonly bio: string | null
  readonly phone: string | null
  /** `YYYY-MM-DD`. */
  readonly date_of_birth: string | null
  readonly gender: 'unknown' | 'female' | 'male' | 'non_binary' | 'other' | null
  readonly preferred_contact_method: 'email' | 'phone' | 'sms' | 'push' | null
  readonly locale: string | null
  readonly timezone: string | null
  readonly address_line1: string | null
  readonly address_line2: string | null
  readonly city: string | null
  readonly region: string | null
  readonly postal_code: string | null
  readonly country_code: string | null
  readonly marketing_opt_in: boolean
  readonly version: number
  readonly created_at: string
  readonly updated_at: string
}

/** Columns of `plinth.people p` that a person says of themselves, in the words of the wire. */
export const PERSONAL_COLUMNS = `
  p.id, coalesce(p.given_name, '') as first_name, coalesce(p.family_name, '') as last_name,
  p.name as display_name, p.avatar_url, p.bio, p.phone, p.date_of_birth::text as date_of_birth,
  p.gender, p.preferred_contact_method, p.locale, p.timezone, p.address_line1, p.address_line2,
  p.city, p.region, p.postal_code, p.country_code, p.marketing_opt_in, p.updated_at`
const PROFILE_COLUMNS = `${PERSONAL_COLUMNS}, p.email, p.email_verified, p.version, p.created_at`

// The closed list of what may stand on the left of SET.
const COLUMN: { readonly [F in ProfileField]: string } = {
  first_name: 'given_name',
  last_name: 'family_name',
  display_name: 'name',
  avatar_url: 'avatar_url',
  bio: 'bio',
  phone: 'phone',
  date_of_birth: 'date_of_birth',
  gender: 'gender',
  preferred_contact_method: 'preferred_contact_method',
  locale: 'locale',
  timezone: 'timezone',
  address_line1: 'address_line1',
  address_line2: 'address_line2',
  city: 'city',
  region: 'region',
  postal_code: 'postal_code',
  country_code: 'country_code',
  marketing_opt_in: 'marketing_opt_in',
}

/** Reads the profile of a person; undefined when there is none, or only a tombstone. */
export async function readProfile(
  db: PlatformDb | Queryable,
  person: string,
): Promise<ProfileRow | undefined> {
  const { rows } = await db.query<ProfileRow>(
    `select ${PROFILE_COLUMNS} from plinth.people p where p.id = $1 and p.status <> 'erased'`,
    [person],
  )
  return rows[0]
}

/**
 * Writes fields of a person's profile; those left out stay. The name that people see follows the
 * first and last name unless it is given itself.
 * @param now ISO 8601
 * @returns undefined when there is no such person
 */
export async function changeProfile(
  tx: PlatformTx | Queryable,
  person: string,
  { change, now }: { readonly change: ProfileChange; readonly now: string },
): Promise<ProfileRow | undefined> {
  const held = await readProfile(tx, person)
  if (held === undefined) return undefined
  const given = Object.entries(named(held, change)).filter(([, value]) => value !== undefined)
  if (given.length === 0) return held
  const sets = given.map(([field], at) => `${COLUMN[field as ProfileField]} = $${at + 3}`)
  const { rows } = await tx.query<ProfileRow>(
    `update plinth.people p set ${sets.join(', ')}, version = p.version + 1, updated_at = $2
      where p.id = $1 and p.status <> 'erased' returning ${PROFILE_COLUMNS}`,
    [person, now, ...given.map(([, value]) => value)],
  )
  return rows[0]
}

const NAMES: readonly ProfileField[] = ['first_name', 'last_name', 'display_name']

/** Keeps the name that a person gave themselves: no provider changes it any more. */
export async function keepOwnNames(
  tx: PlatformTx | Queryable,
  person: string,
  change: ProfileChange,
): Promise<void> {
  if (NAMES.every((field) => change[field] === undefined)) return
  await tx.query('update plinth.people set named_by_self = true where id = $1', [person])
}

/** A name made of first and last name changes with them; one that a person chose stays. */
function named(held: ProfileRow, change: ProfileChange): ProfileChange {
  const made = fullName(held)
  const follows = change.display_name === undefined && held.display_name === made
  if (!follows) return change
  const next = fullName({
    first_name: change.first_name ?? held.first_name,
    last_name: change.last_name ?? held.last_name,
  })
  return next === made ? change : { ...change, display_name: next }
}

/** First and last name as one. */
export function fullName({
  first_name: first,
  last_name: last,
}: Pick<ProfileRow, 'first_name' | 'last_name'>): string {
  return `${first} ${last}`.trim()
}
