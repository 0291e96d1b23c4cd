import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { inPerson } from '../../access/index.ts'
import type { ContextFor } from '../../feature/index.ts'
import { route } from '../../feature/index.ts'
import type { TenantName } from '../../tenancy/index.ts'
import { isTenantName, tenancyProblems, tenantName } from '../../tenancy/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { peopleProblems } from '../people/people.errors.ts'
import { setCookie, tokenCookie } from '../sessions/cookie.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import type { SessionPrincipal } from '../sessions/session.ts'
import { isSessionPrincipal } from '../sessions/session.ts'
import type { Switched } from './switch-tenant.ts'
import { switchTenant } from './switch-tenant.ts'

const body = z.strictObject({
  tenant: z
    .string()
    .max(63)
    .refine(isTenantName, 'must be the short name or the id of a tenant')
    .describe('Short name or id of a tenant that the person belongs to.'),
})

const returns = z.object({
  message: z.string(),
  csrf_token: z.string(),
  tenant: z.object({ id: z.uuid(), slug: z.string(), name: z.string() }),
})

/** `POST /auth/switch-tenant` (D23); nothing where nobody is to see that there are tenants. */
export function tenantSwitchRoutes(identity: Identity): readonly RouteOptions[] {
  if (!identity.tenancy.visible) return []
  return [
    route('POST /auth/switch-tenant', {
      access: inPerson(),
      tenant: 'none',
      summary:
        'Lets the session work in another tenant of the person; its id and CSRF token change.',
      body,
      returns,
      raises: [
        identityProblems.invalidSession,
        tenancyProblems.unknown,
        peopleProblems.refusedByHook,
      ],
      handle: (context) => handleSwitch(identity, context, context.body.tenant),
    }),
  ]
}

async function handleSwitch(
  identity: Identity,
  context: ContextFor<ReturnType<typeof inPerson>>,
  text: string,
): Promise<z.input<typeof returns>> {
  const { principal, request, actor } = context
  const token = tokenCookie(request.headers.cookie, identity.cookieName)
  const to = tenantName(text)
  if (token === undefined || !isSessionPrincipal(principal) || !principal.browserMatches)
    throw identityProblems.invalidSession()
  if (to === undefined) throw tenancyProblems.unknown()
  const switched = await switchTenant(
    { platform: identity.platform, sessions: identity.mint, hooks: identity.hooks },
    { token, userAgent: request.headers['user-agent'], actor, person: principal.person, to },
  )
  forgetPerson(identity, principal.person)
  return answer(identity, context, { principal, switched, to })
}

interface Outcome {
  readonly principal: SessionPrincipal
  readonly switched: Switched
  readonly to: TenantName
}

function answer(
  identity: Identity,
  { reply }: Pick<ContextFor<ReturnType<typeof inPerson>>, 'reply'>,
  { principal, switched, to }: Outcome,
): z.input<typeof returns> {
  if (switched.code === 'unknown') throw tenancyProblems.unknown(`named ${to.text}`)
  if (switched.code === 'refused') throw peopleProblems.refusedByHook()
  if (switched.code === 'not_live') throw identityProblems.invalidSession()
  const { session, standing } = switched
  const cookie = {
    name: identity.cookieName,
    value: session.token,
    maxAgeSeconds: identity.app.session_max_age,
  }
  reply.header('set-cookie', setCookie(identity.cookie, cookie))
  const credential = { ...principal.credential, id: session.id }
  return {
    message: 'Tenant switched',
    csrf_token: identity.csrfTokenFor({ ...principal, credential }) ?? '',
    tenant: { id: standing.tenant, slug: standing.slug, name: standing.name },
  }
}
