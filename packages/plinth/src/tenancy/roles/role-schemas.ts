import { z } from 'zod'
import { ONE_LINE } from '../../kernel/index.ts'

const LONGEST_DESCRIPTION = 500
const MOST_PERMISSIONS = 200

/** A grant that a tenant may give: `area:action`, `area:*` or `*`, never one of the platform. */
export const grant = z
  .string()
  .regex(
    /^(\*|(?!platform:)[a-z][a-z0-9_-]{0,62}:(\*|[a-z][a-z0-9_-]{0,62}))$/,
    'must be area:action, area:* or *',
  )
  .meta({ examples: ['people:read'] })

/** The key of one permission: `area:action`. */
export const permissionKey = z
  .string()
  .regex(
    /^(?!platform:)[a-z][a-z0-9_-]{0,62}:[a-z][a-z0-9_-]{0,62}$/,
    'must be area:action in lower case',
  )

/** Name of a role. */
export const roleName = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(ONE_LINE, 'must be plain text on one line')

/** What a role or a permission is for. */
export const description = z
  .string()
  .trim()
  .max(LONGEST_DESCRIPTION)
  .regex(ONE_LINE, 'must be plain text on one line')

const grants = z.array(grant).max(MOST_PERMISSIONS)

/** A role as it is made or replaced; without `permissions` a replacement gives what it gave before. */
export const roleBody = z.strictObject({
  name: roleName,
  description: description.default(''),
  is_active: z.boolean().default(true),
  permissions: grants.exactOptional(),
})

/** Some fields of a role. */
export const rolePatch = z
  .strictObject({
    name: roleName.exactOptional(),
    description: description.exactOptional(),
    is_active: z.boolean().exactOptional(),
    permissions: grants.exactOptional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change something')
  .meta({ examples: [{ description: 'What the role is for' }] })

/** A role as it is shown. */
export const shownRole = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  is_active: z.boolean(),
  built_in: z.boolean(),
  permissions: z.array(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
})

/** A permission as it is shown; `declared` says that the service itself asks for it. */
export const shownPermission = z.object({
  key: z.string(),
  description: z.string(),
  is_active: z.boolean(),
  declared: z.boolean(),
})

/** Header that holds a change to what its caller had read. */
export const ifMatch = {
  'if-match': z.string().max(1_000).optional().describe('ETag that the role must still have'),
}
