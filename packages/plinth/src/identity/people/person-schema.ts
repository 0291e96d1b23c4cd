import { z } from 'zod'
import { emailField } from '../password/email-field.ts'
import type { DirectoryRow } from './directory.repository.ts'
import type { ProfileChange, ProfileField } from './person-fields.ts'
import {
  metadata,
  paragraphs,
  profileChange,
  profileFields,
  shownProfile,
} from './person-fields.ts'
import type { PersonProfile } from './person-profile.ts'

const STATUSES = ['active', 'inactive', 'archived'] as const
const GRANT = /^(\*|(?!platform:)[a-z][a-z0-9_-]{0,62}:(\*|[a-z][a-z0-9_-]{0,62}))$/

const kept = {
  status: z.enum(STATUSES),
  is_active: z.boolean().describe('The same as status active'),
  notes: paragraphs(4_000).nullable(),
  metadata,
}

/** A person of a tenant as `/api/v1/people` shows them (contract 9). */
export const shownPerson = z.object({
  id: z.uuid(),
  ...shownProfile,
  email: z.string().nullable(),
  email_verified: z.boolean(),
  status: z.enum(STATUSES),
  is_active: z.boolean(),
  notes: z.string().nullable(),
  metadata: z.record(z.string(), z.json()),
  role: z.enum(['owner', 'admin', 'member', 'custom']),
  permissions: z.array(z.string()),
  invited: z.boolean().describe('Asked in, and not here yet'),
  created_at: z.string(),
  updated_at: z.string(),
})

/** What is sent to add a person. */
export const newPerson = {
  ...profileChange,
  first_name: profileFields.first_name,
  last_name: profileFields.last_name,
  email: emailField,
  role: z
    .enum(['admin', 'member', 'custom'])
    .default('member')
    .describe('What they become in the tenant'),
  permissions: z
    .array(z.string().regex(GRANT, 'must be area:action, area:* or *'))
    .max(200)
    .default([]),
  status: kept.status.exactOptional(),
  is_active: kept.is_active.exactOptional(),
  notes: kept.notes.exactOptional(),
  metadata: kept.metadata.exactOptional(),
} as const

/** What is sent to change a person: any of it; PUT and PATCH alike. */
export const personChange = {
  ...profileChange,
  status: kept.status.exactOptional(),
  is_active: kept.is_active.exactOptional(),
  notes: kept.notes.exactOptional(),
  metadata: kept.metadata.exactOptional(),
} as const

/** `is_active` and `status` say the same. */
export function agrees(body: {
  readonly status?: string | undefined
  readonly is_active?: boolean | undefined
}): boolean {
  const { status, is_active: active } = body
  return status === undefined || active === undefined || (status === 'active') === active
}

/** The status that a body asks for; undefined when it asks for none. */
export function statusOf(body: {
  readonly status?: (typeof STATUSES)[number] | undefined
  readonly is_active?: boolean | undefined
}): (typeof STATUSES)[number] | undefined {
  if (body.status !== undefined || body.is_active === undefined) return body.status
  return body.is_active ? 'active' : 'inactive'
}

const FIELDS = Object.keys(profileFields) as readonly ProfileField[]

/** What of a body a person says of themselves. */
export function profilePart(body: ProfileChange): ProfileChange {
  return Object.fromEntries(FIELDS.map((field) => [field, body[field]]))
}

/** The schemas of people in a service, with the further fields that it declared. */
export function personSchemas(profile: PersonProfile | undefined) {
  const { shown = NOTHING_SHOWN, change = NOTHING_SENT } = profile ?? {}
  const further = { profile: change.optional() }
  return {
    shown: z.object({ ...shownPerson.shape, profile: shown }),
    create: z.strictObject({ ...newPerson, ...further }).refine(agrees, CONTRADICTION),
    change: z
      .strictObject({ ...personChange, ...further })
      .refine(agrees, CONTRADICTION)
      .refine((body) => Object.keys(body).length > 0, 'must change something')
      .meta({ examples: [{ notes: 'Comes on Mondays' }] }),
  }
}

const CONTRADICTION = { path: ['is_active'], message: 'must say the same as status' }
const NOTHING_SHOWN = z.null().describe('Fields of the entity person_profile, where there is one')
const NOTHING_SENT = z.never()

/** A person as they are shown. */
export type ShownPerson = z.output<typeof shownPerson> & { readonly profile: object | null }

/** A row of the directory as it is shown. */
export function showPerson(row: DirectoryRow, profile: object | undefined): ShownPerson {
  const shown = shownPerson.parse({ ...row, is_active: row.status === 'active' })
  return { ...shown, profile: profile ?? null }
}
