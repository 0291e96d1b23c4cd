import type { Service } from '../compose/index.ts'
import type { PlatformTx, Tx } from '../data/index.ts'
import type { SessionDeps } from '../identity/index.ts'
import {
  createFingerprints,
  mintSession,
  noSecondFactors,
  sessionCookieName,
} from '../identity/index.ts'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import { joinTheOneTenant } from '../tenancy/index.ts'
import type { Person } from './person.ts'
import { BROWSER } from './person.ts'

/** Where somebody signs in, and what they may do there. */
export interface SignInOptions {
  /** Short name of the tenant, made when it is not there; `acme` by default. Mode none knows one only. */
  readonly tenant?: string
  /** Permissions in that tenant; everything when left out. */
  readonly can?: readonly string[]
  /** Seconds since they proved who they are, for routes that demand a recent sign-in; 0 by default. */
  readonly provedSecondsAgo?: number
}

/** What signing people in takes. */
export interface SignInDeps {
  readonly service: Service
  readonly visitor: () => Person
}

/** Signs people into a test service without a provider: rows as provisioning writes them, then `mintSession`. */
export function createSignIn({ service, visitor }: SignInDeps) {
  const { database, config, clock } = service
  const mint: SessionDeps = {
    clock,
    secret: config.app.session_signing_secret,
    fingerprints: createFingerprints(config.app.session_signing_secret),
    idleSeconds: config.app.session_max_age,
    lifetimeSeconds: config.oidc.refresh_tokens.max_session_lifetime_seconds,
    maxPerPerson: config.sessions.max_per_person,
    // Whoever writes a session for a test has proved enough.
    secondFactors: noSecondFactors,
  }
  return async (who: string, options: SignInOptions = {}): Promise<Person> => {
    const { token } = await database.platform.transaction(async (tx) => {
      const { person, identity } = await personNamed(tx, who)
      const tenant =
        config.tenancy.mode === 'none'
          ? await joinTheOneTenant(tx, person)
          : await tenantNamed(tx, options.tenant ?? 'acme')
      await join(tx, { tenant, person, can: options.can })
      const minted = await mintSession(mint, tx, {
        person,
        identity,
        tenant,
        provider: 'test',
        authenticatedAt: clock.now() - (options.provedSecondsAgo ?? 0) * 1_000,
        acr: null,
        kind: 'browser',
        amr: ['fed'],
        rememberedDevice: undefined,
        providerSession: null,
        userAgent: BROWSER,
        clientAddress: '127.0.0.1',
        tokens: { idToken: undefined, refreshToken: undefined, scopes: null },
      })
      if (minted.code !== 'minted') throw new Error('a session was asked for a second factor')
      return minted
    })
    const signedIn = visitor()
    signedIn.cookies.set(sessionCookieName(config.app.base_url), token)
    return signedIn
  }
}

async function tenantNamed(tx: PlatformTx, slug: string): Promise<Id<'tenant'>> {
  const find = () =>
    tx.query<{ id: Id<'tenant'> }>('select id from plinth.tenants where slug = $1', [slug])
  const [known] = (await find()).rows
  if (known !== undefined) return known.id
  await tx.query(
    `insert into plinth.tenants (id, slug, name, kind) values ($1, $2, $2, 'organisation')
     on conflict (slug) do nothing`,
    [newId(), slug],
  )
  return only((await find()).rows).id
}

async function personNamed(tx: PlatformTx, who: string) {
  const known = await tx.query<{ person: Id<'person'>; identity: Id<'identity'> }>(
    "select person_id as person, id as identity from plinth.identities where issuer = 'urn:test' and subject = $1",
    [who],
  )
  if (known.rows[0] !== undefined) return known.rows[0]
  const [person, identity] = [newId<'person'>(), newId<'identity'>()]
  await tx.batch([
    {
      text: 'insert into plinth.people (id, name, email, email_verified) values ($1, $2, $3, true)',
      values: [person, who, `${who}@example.com`],
    },
    {
      text: "insert into plinth.identities (id, person_id, issuer, subject, provider) values ($1, $2, 'urn:test', $3, 'test')",
      values: [identity, person, who],
    },
  ])
  return { person, identity }
}

interface Joining {
  readonly tenant: Id<'tenant'>
  readonly person: Id<'person'>
  readonly can: readonly string[] | undefined
}

async function join(tx: PlatformTx, joining: Joining): Promise<void> {
  const { tenant, person, can } = joining
  await tx.inTenant(tenant, async (inside) => {
    if (can !== undefined) await handOn(inside, joining)
    await inside.query(
      `insert into plinth.memberships (tenant_id, person_id, role, permissions) values ($1, $2, $3, $4)
       on conflict (tenant_id, person_id) do update set role = excluded.role, permissions = excluded.permissions`,
      [tenant, person, can === undefined ? 'owner' : 'custom', can ?? []],
    )
  })
}

/** Whoever alone may do everything in a tenant hands that on before they may do less (0046). */
async function handOn(tx: Tx, { tenant, person }: Joining): Promise<void> {
  const { rows } = await tx.query<{ person_id: string }>(
    "select person_id from plinth.memberships where '*' = any (grants) limit 2",
  )
  if (rows.length !== 1 || rows[0]?.person_id !== person) return
  const keeper = newId<'person'>()
  await tx.query("insert into plinth.people (id, name) values ($1, 'Keeper')", [keeper])
  await tx.query(
    "insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, 'owner')",
    [tenant, keeper],
  )
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows
  if (row === undefined) throw new Error('a row that was just written is not there')
  return row
}
