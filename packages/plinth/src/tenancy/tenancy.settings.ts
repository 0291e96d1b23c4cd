import { z } from 'zod'
import { isTenantName } from './tenant-name.ts'

const DOMAIN =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/
const HEADER = /^[A-Za-z][A-Za-z0-9-]{0,63}$/
const GRANT = /^(\*|[a-z][a-z0-9_-]{0,62}:(\*|[a-z][a-z0-9_-]{0,62}))$/

/** Who shares data with whom, and how a request says for which tenant it is (`tenancy`). */
export const tenancySettings = z.strictObject({
  mode: z
    .enum(['none', 'personal', 'organisations'])
    .default('personal')
    .describe(
      'none: everybody shares one tenant that nobody sees; personal: everybody has one of their own; organisations: people create some and belong to several.',
    ),
  strategies: z
    .array(z.enum(['header', 'subdomain', 'claim', 'path']))
    .default(['header', 'claim'])
    .describe(
      'Ways in which a request may name its tenant, beside its credential; all that speak must agree. Mode none asks none of them.',
    ),
  header_name: z
    .string()
    .regex(HEADER)
    .default('X-Tenant-ID')
    .describe('Header of the strategy header.'),
  base_domain: z
    .string()
    .regex(DOMAIN, 'must be a domain name in lower case, such as api.example.com')
    .optional()
    .describe('Domain of the strategy subdomain: acme.<base_domain> names the tenant acme.'),
  claim_name: z
    .string()
    .min(1)
    .max(200)
    .default('tenant_id')
    .describe('Claim of a verified access token that the strategy claim reads.'),
  default_tenant: z
    .string()
    .refine(isTenantName, 'must be the short name or the id of a tenant')
    .optional()
    .describe('Tenant of members whose request and credential name none.'),
  member_permissions: z
    .array(z.string().regex(GRANT, 'must be area:action, area:* or *'))
    .default([])
    .describe('Permissions of every member of a tenant, whatever their role in it.'),
  most_owned: z
    .int()
    .min(1)
    .max(10_000)
    .default(20)
    .describe('Organisations that one person may own at the same time.'),
})

/** Parsed {@link tenancySettings}. */
export type TenancySettings = z.output<typeof tenancySettings>
