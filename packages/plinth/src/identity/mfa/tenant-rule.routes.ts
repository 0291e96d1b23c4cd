import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { route } from '../../feature/index.ts'
import { aboutTenant, mayInTenant, tenancyProblems } from '../../tenancy/index.ts'
import type { Identity } from '../identity-deps.ts'
import { changeRule } from './change-rule.ts'
import { mfaProblems } from './mfa.errors.ts'
import { readRule } from './rules.repository.ts'

const rule = z.strictObject({
  everybody: z.boolean().describe('Whether every member needs a second factor.'),
  roles: z
    .array(z.string().trim().min(1).max(64))
    .max(50)
    .describe('Roles whose holders need one: owner, admin, member, or the name of a role.'),
})
const params = { id: z.string().max(63) }

/** `/tenants/{id}/mfa`: of whom a tenant demands a second factor. */
export function tenantRuleRoutes(identity: Identity): readonly RouteOptions[] {
  const read = route('GET /tenants/:id/mfa', {
    access: mayInTenant.settings,
    summary: 'Of whom the tenant demands a second factor.',
    params,
    returns: rule,
    raises: [tenancyProblems.unknown],
    handle: async ({ db }) => {
      const { everybody, roles } = await readRule(db, db.tenant)
      return { everybody, roles: [...roles] }
    },
  })
  const write = route('PUT /tenants/:id/mfa', {
    access: mayInTenant.settings,
    stepUp: { maxAgeSeconds: 900 },
    summary:
      'Demands a second factor of members. Sessions in the tenant that began without one end; whoever asks must have shown one.',
    params,
    body: rule,
    returns: rule.extend({ revoked_count: z.int() }),
    raises: [tenancyProblems.unknown, mfaProblems.ownFactorFirst],
    handle: async ({ db, principal, actor, body }) => {
      const { tenant } = db
      const { everybody, roles } = body
      const change = { tenant, rule: { everybody, roles: [...new Set(roles)] }, principal, actor }
      const sessions = await changeRule(identity, change)
      return { ...change.rule, revoked_count: sessions }
    },
  })
  return [read, write].map(aboutTenant)
}
