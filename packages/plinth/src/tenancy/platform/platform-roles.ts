import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import { isId } from '../../kernel/index.ts'
import { platformEvents } from '../tenancy.events.ts'

/** A person who may hold a role on the platform. */
export interface PlatformPerson {
  readonly id: string
  readonly name: string
  readonly email: string | null
}

/** Somebody with a role on the platform. */
export interface PlatformAdministrator extends PlatformPerson {
  readonly permissions: readonly string[]
  readonly granted_at: string
}

/** What became of a grant; `several` people have the address, and one must be named by id. */
export type PlatformGrant =
  | { readonly code: 'done'; readonly person: PlatformPerson }
  | { readonly code: 'unknown' }
  | { readonly code: 'several'; readonly people: readonly PlatformPerson[] }

const SYSTEM = { kind: 'system', person: null, clientAddress: null, requestId: null } as const

/**
 * Gives a person a role on the platform, in the place of one that they had. Their sessions end: the
 * role counts from the next sign-in on.
 * @param owner the door of a database that was opened as its owner; the service's own role may not
 * @param who id of a person, or an e-mail address that their provider has verified
 * @param permissions `platform:*`, or single ones such as `platform:read_tenants`
 * @throws TypeError for a permission that is none of the platform
 */
export async function grantPlatformRole(
  owner: PlatformDb,
  who: string,
  permissions: readonly string[],
): Promise<PlatformGrant> {
  const wrong = permissions.filter((one) => !/^platform:(\*|[a-z][a-z0-9_-]*)$/.test(one))
  if (permissions.length === 0 || wrong.length > 0) {
    throw new TypeError(`"${wrong.join(', ')}" is no permission of the platform; try platform:*`)
  }
  return owner.transaction((tx) =>
    withOne(tx, who, async (person) => {
      await tx.query(
        `insert into plinth.platform_roles (person_id, permissions) values ($1, $2)
         on conflict (person_id) do update set permissions = excluded.permissions, granted_at = now()`,
        [person.id, permissions],
      )
      const target = { type: 'person', id: person.id }
      const data = { permissions: [...permissions] }
      await record(tx, SYSTEM, platformEvents.role_granted({ outcome: 'success', target, data }))
    }),
  )
}

/** Takes the role of a person away. Their sessions end. */
export async function revokePlatformRole(owner: PlatformDb, who: string): Promise<PlatformGrant> {
  return owner.transaction((tx) =>
    withOne(tx, who, async (person) => {
      await tx.query('delete from plinth.platform_roles where person_id = $1', [person.id])
      const target = { type: 'person', id: person.id }
      await record(tx, SYSTEM, platformEvents.role_revoked({ outcome: 'success', target }))
    }),
  )
}

/** Who would be meant: for a dry run. */
export async function findPlatformPerson(owner: PlatformDb, who: string): Promise<PlatformGrant> {
  return owner.transaction((tx) => withOne(tx, who, async () => undefined))
}

/** Everybody with a role on the platform. */
export async function listPlatformRoles(db: PlatformDb): Promise<readonly PlatformAdministrator[]> {
  const { rows } = await db.query<PlatformAdministrator>(
    `select p.id, p.name, p.email, r.permissions, r.granted_at
       from plinth.platform_roles r join plinth.people p on p.id = r.person_id order by p.id`,
  )
  return rows
}

async function withOne(
  tx: PlatformTx,
  who: string,
  change: (person: PlatformPerson) => Promise<void>,
): Promise<PlatformGrant> {
  const people = await findPeople(tx, who)
  const [person, ...others] = people
  if (person === undefined) return { code: 'unknown' }
  if (others.length > 0) return { code: 'several', people }
  await change(person)
  return { code: 'done', person }
}

// An address that nobody verified is only what somebody typed.
async function findPeople(tx: PlatformTx, who: string): Promise<readonly PlatformPerson[]> {
  const [condition, value] = isId(who)
    ? ['id = $1', who]
    : ['email_verified and lower(email) = lower($1)', who]
  const { rows } = await tx.query<PlatformPerson>(
    `select id, name, email from plinth.people where status = 'active' and ${condition} order by id`,
    [value],
  )
  return rows
}
