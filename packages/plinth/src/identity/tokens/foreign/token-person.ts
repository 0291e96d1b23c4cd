import type { Actor } from '../../../access/index.ts'
import { record } from '../../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../../data/index.ts'
import type { Clock, Id } from '../../../kernel/index.ts'
import type { Welcome } from '../../../tenancy/index.ts'
import type { IdentityHooks } from '../../hooks.ts'
import { authEvents } from '../../identity.events.ts'
import { findIdentity } from '../../people/people.repository.ts'
import type { Profile } from '../../people/profile.ts'
import { profileOf } from '../../people/profile.ts'
import { provisionPerson } from '../../people/provision-person.ts'
import type { JwtSettings } from '../jwt.settings.ts'
import { claimAt } from '../named-list.ts'
import type { AccessToken } from '../verify-access-token.ts'

/** What finding the person of a token needs. */
export interface TokenPersonDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  readonly tenancy: Pick<Welcome, 'arrive'>
  readonly settings: Pick<JwtSettings, 'claims' | 'provision'>
  readonly mapClaims?: IdentityHooks['mapClaims'] | undefined
}

/** The person of a token, as the database knows them. */
export interface TokenPerson {
  readonly person: Id<'person'>
  readonly name: string
  readonly email: string | null
  readonly status: string
  /** Where they begin when nothing names a tenant. */
  readonly home: Id<'tenant'> | null
  /** What they may do with the platform itself. */
  readonly platform: readonly string[]
}

/**
 * Finds the person whose account a token stands for by issuer and subject (D8), and makes one for an
 * account that was never here, where settings allow it. Nothing that a token says changes somebody
 * who is known: an access token describes people in passing.
 * @returns undefined when nobody is known, and nobody is to be made
 */
export async function personOfToken(
  deps: TokenPersonDeps,
  token: AccessToken,
  actor: Actor,
): Promise<TokenPerson | undefined> {
  const { issuer, subject } = token
  return deps.platform.transaction(async (tx) => {
    const known = await findIdentity(tx, { issuer, subject })
    if (known === undefined && !deps.settings.provision) return undefined
    if (known === undefined) await makePerson(deps, tx, { token, actor })
    const found = known ?? (await findIdentity(tx, { issuer, subject }))
    if (found === undefined) throw new Error('a person was made of a token and is not there')
    const { person } = found
    const row = await readPerson(tx, person)
    const active = row.status === 'active'
    const home = active
      ? await deps.tenancy.arrive(tx, { person, name: row.name, actor: { ...actor, person } })
      : null
    return { person, ...row, home }
  })
}

async function makePerson(
  { clock, tenancy, settings, mapClaims }: TokenPersonDeps,
  tx: PlatformTx,
  { token, actor }: { readonly token: AccessToken; readonly actor: Actor },
): Promise<void> {
  const { issuer, subject, provider, claims } = token
  const profile = { ...profileIn(token, settings), ...mapClaims?.(claims, { provider }) }
  const arrival = { issuer, subject, provider, profile, actor }
  const { person, isNew } = await provisionPerson(
    tx,
    { clock, tenancy },
    { known: undefined, arrival },
  )
  if (!isNew) return
  const target = { type: 'person', id: person }
  const event = authEvents.provisioned({ outcome: 'success', target, data: { provider } })
  await record(tx, { ...actor, kind: 'person', person }, event)
}

function profileIn(
  { claims, subject }: AccessToken,
  { claims: names }: TokenPersonDeps['settings'],
): Profile {
  return profileOf({
    sub: subject,
    email: claimAt(claims, names.email),
    email_verified: claims['email_verified'],
    given_name: claims['given_name'],
    family_name: claims['family_name'],
    name: claimAt(claims, names.name) ?? claimAt(claims, names.username),
  })
}

async function readPerson(tx: PlatformTx, person: Id<'person'>) {
  const { rows } = await tx.query<Omit<TokenPerson, 'person' | 'home'>>(
    `select p.name, p.email, p.status, coalesce(r.permissions, '{}') as platform
       from plinth.people p left join plinth.platform_roles r on r.person_id = p.id
      where p.id = $1`,
    [person],
  )
  const [row] = rows
  if (row === undefined) throw new Error('an account has no person')
  return row
}
