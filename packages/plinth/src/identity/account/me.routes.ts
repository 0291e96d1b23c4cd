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
import { profileChange, shownProfile } from '../people/person-fields.ts'
import type { ProfileRow } from '../people/profile.repository.ts'
import { changeProfile, readProfile } from '../people/profile.repository.ts'
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
const change = z.strictObject(profileChange)
type Me = z.input<typeof me>

const own = { tenant: 'optional', returns: me, raises: [identityProblems.invalidSession] } as const

/** `GET`, `PUT` and `PATCH /auth/me` (contract 5 and 31.3): the person of the credential. */
export function meRoutes(identity: Identity): readonly RouteOptions[] {
  const read = route('GET /auth/me', {
    ...own,
    access: signedIn(),
    summary: 'Who the credential stands for.',
    handle: (context) => show(identity, context),
  })
  const changes = (['PUT', 'PATCH'] as const).map((method) =>
    route(`${method} /auth/me`, {
      ...own,
      access: inPerson(),
      summary: 'Changes the profile of the person who asks; fields left out stay.',
      body: change,
      handle: (context) => changeOwn(identity, context),
    }),
  )
  return [read, ...changes]
}

type Asking = Pick<ContextFor<SignedInAccess>, 'principal' | 'placement'>

async function show(identity: Identity, context: Asking): Promise<Me> {
  const profile = await readProfile(identity.platform, context.principal.person)
  // The person was erased since the credential was read.
  if (profile === undefined) throw identityProblems.invalidSession()
  return shown(identity, context, profile)
}

async function shown(
  { platform }: Identity,
  { principal, placement }: Asking,
  profile: ProfileRow,
): Promise<Me> {
  const { person } = principal
  const { version: _version, created_at: _made, updated_at: _changed, ...facts } = profile
  return {
    ...facts,
    sub: profile.id,
    name: profile.display_name,
    picture: profile.avatar_url,
    has_password: await hasPassword(platform, person),
    roles: placement ? [...(await roleNames(platform, { ...placement, person }))] : [],
    scopes: [...(placement?.permissions ?? [])],
  }
}

type Changing = ContextFor<InPersonAccess> & { readonly body: z.output<typeof change> }

async function changeOwn(identity: Identity, context: Changing): Promise<Me> {
  const { platform, clock } = identity
  const { principal, actor, body } = context
  const { person } = principal
  const profile = await platform.transaction(async (tx) => {
    const row = await changeProfile(tx, person, { change: body, now: isoTime(clock.now()) })
    if (row === undefined) throw identityProblems.invalidSession()
    const target = { type: 'person', id: person }
    const data = { fields: Object.keys(body) }
    const event = accountEvents.profile_changed({ outcome: 'success', target, data })
    await record(tx, actor, event)
    return row
  })
  identity.sessionCache?.forget(person)
  return shown(identity, context, profile)
}
