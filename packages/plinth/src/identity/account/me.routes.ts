import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { InPersonAccess, SignedInAccess } from '../../access/index.ts'
import { inPerson, signedIn } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { ContextFor } from '../../feature/index.ts'
import { route } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { hasPassword } from '../password/credentials.repository.ts'
import type { ProfileChange } from '../people/person-fields.ts'
import { profileChange, shownProfile } from '../people/person-fields.ts'
import type { PersonProfile } from '../people/person-profile.ts'
import type { ProfileRow } from '../people/profile.repository.ts'
import { changeProfile, keepOwnNames, readProfile } from '../people/profile.repository.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { accountEvents } from './account.events.ts'
import { roleNames } from './me.repository.ts'

const me = z.object({
  id: z.uuid(),
  sub: z.uuid().describe('The same as id.'),
  name: z.string().describe('The same as display_name.'),
  picture: z.string().nullable().describe('The same as avatar_url.'),
  ...shownProfile,
  email: z.string().nullable(),
  email_verified: z.boolean(),
  has_password: z.boolean(),
  roles: z.array(z.string()).describe('In the tenant of the request.'),
  scopes: z.array(z.string()).describe('What the credential may do there.'),
})
type Me = z.input<typeof me> & { readonly profile: object | null }

const own = { tenant: 'optional', raises: [identityProblems.invalidSession] } as const

/** `GET`, `PUT` and `PATCH /auth/me` (contract 5 and 31.3): the person of the credential. */
export function meRoutes(identity: Identity): readonly RouteOptions[] {
  const { returns, change } = ownSchemas(identity.personProfile)
  const read = route('GET /auth/me', {
    ...own,
    returns,
    access: signedIn(),
    summary: 'Who the credential stands for.',
    handle: (context) => show(identity, context),
  })
  const changes = (['PUT', 'PATCH'] as const).map((method) =>
    route(`${method} /auth/me`, {
      ...own,
      returns,
      access: inPerson(),
      summary: 'Changes the profile of the person who asks; fields left out stay.',
      body: change,
      handle: (context) => changeOwn(identity, context),
    }),
  )
  return [read, ...changes]
}

/** With the further fields of people that the service declared. */
function ownSchemas(further: PersonProfile | undefined) {
  const profile = further?.change.optional() ?? z.never().optional()
  return {
    returns: z.object({ ...me.shape, profile: further?.shown ?? z.null() }),
    change: z.strictObject({ ...profileChange, profile }),
  }
}

type Asking = Pick<ContextFor<SignedInAccess>, 'principal' | 'placement' | 'db'>

async function show(identity: Identity, context: Asking): Promise<Me> {
  const profile = await readProfile(identity.platform, context.principal.person)
  // The person was erased since the credential was read.
  if (profile === undefined) throw identityProblems.invalidSession()
  return shown(identity, context, profile)
}

async function shown(identity: Identity, context: Asking, profile: ProfileRow): Promise<Me> {
  const { platform, personProfile } = identity
  const { principal, placement } = context
  const { person } = principal
  // It lies in the tenant; where none is chosen nothing is shown.
  const further = placement && (await personProfile?.of(context.db, [person]))
  const { version: _version, created_at: _made, updated_at: _changed, ...facts } = profile
  return {
    ...facts,
    sub: profile.id,
    name: profile.display_name,
    picture: profile.avatar_url,
    has_password: await hasPassword(platform, person),
    roles: placement ? [...(await roleNames(platform, { ...placement, person }))] : [],
    scopes: [...(placement?.permissions ?? [])],
    profile: further?.get(person) ?? null,
  }
}

interface Changing extends ContextFor<InPersonAccess> {
  readonly body: ProfileChange & { readonly profile?: unknown }
}

async function changeOwn(identity: Identity, context: Changing): Promise<Me> {
  const { platform, clock } = identity
  const { principal, actor, body } = context
  const { person } = principal
  const { profile: further, ...change } = body
  // Asked for before anything is written: without a tenant there is no place for it.
  const tenant = further === undefined ? undefined : context.db.tenant
  const profile = await platform.transaction(async (tx) => {
    const row = await changeProfile(tx, person, { change, now: isoTime(clock.now()) })
    if (row === undefined) throw identityProblems.invalidSession()
    await keepOwnNames(tx, person, change)
    if (tenant !== undefined) {
      await tx.inTenant(tenant, async (inside) =>
        identity.personProfile?.write(inside, person, Object(further)),
      )
    }
    const target = { type: 'person', id: person }
    const data = { fields: Object.keys(body) }
    const event = accountEvents.profile_changed({ outcome: 'success', target, data })
    await record(tx, actor, event)
    return row
  })
  forgetPerson(identity, person)
  return shown(identity, context, profile)
}
