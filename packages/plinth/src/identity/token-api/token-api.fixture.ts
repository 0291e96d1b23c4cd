import { z } from 'zod'
import { permissions, signedIn } from '../../access/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Feature } from '../../feature/index.ts'
import { feature, route } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { callHttp, type HttpAnswer } from '../../testing/call-http.ts'
import type { IdentityWorld, IdentityWorldOptions } from '../identity.fixture.ts'
import { ORIGIN, openIdentity } from '../identity.fixture.ts'
import type { Identity } from '../identity-deps.ts'
import { assemble } from '../identity-deps.ts'
import type { MintedSession, SessionKind } from '../sessions/mint-session.ts'
import { mintSession } from '../sessions/mint-session.ts'
import type { RefreshIn } from './token-api.ts'

const may = permissions('stock', { read: 'See stock', write: 'Change stock' })
const ok = z.object({ ok: z.boolean() })

/** Routes that an access token is tried at. */
const stock: Feature = feature('stock', {
  permissions: [may],
  routes: [
    route('GET /stock', { access: may.read, returns: ok, handle: () => ({ ok: true }) }),
    route('POST /stock', { access: may.write, returns: ok, handle: () => ({ ok: true }) }),
    route('GET /who', {
      access: signedIn(),
      tenant: 'none',
      returns: z.object({ person: z.string(), permissions: z.array(z.string()), kind: z.string() }),
      handle: ({ principal }) => ({
        person: principal.person,
        permissions: [...principal.permissions],
        kind: principal.credential.kind,
      }),
    }),
  ],
})

/** What was answered. */
export interface Told {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
}

/** Somebody who signed in by the token API. */
export interface Holder {
  readonly person: Id<'person'>
  readonly tenant: Id<'tenant'>
  readonly session: Id<'session'>
  readonly access: string
  readonly refresh: string
  readonly csrf: string
}

/** Who signs in, and what they may do. */
export interface HolderOptions {
  readonly person?: Id<'person'>
  readonly tenant?: Id<'tenant'>
  readonly can?: readonly string[]
}

/** A world with the token API, and how tests call it. */
export interface TokenWorld extends AsyncDisposable {
  readonly world: IdentityWorld
  readonly identity: Identity
  /** A sign-in without the password: rows as provisioning writes them, then `mintSession`. */
  holder(options?: HolderOptions): Promise<Holder>
  refresh(token: unknown, headers?: Record<string, string>): Promise<Told>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Told>
  get(path: string, token?: string): Promise<Told>
}

/** Opens one. */
export async function openTokenWorld(options: IdentityWorldOptions = {}): Promise<TokenWorld> {
  const world = await openIdentity({ ...options, features: [stock, ...(options.features ?? [])] })
  const identity = assemble(world.deps)
  const post = poster(world.http.url)
  return {
    world,
    identity,
    holder: (who = {}) => signIn(world, identity, who),
    post,
    refresh: (token, headers) => post('/auth/refresh', { refresh_token: token }, headers),
    get: async (path, token) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      return told(await callHttp(new URL(`${world.http.url}${path}`), { method: 'GET', headers }))
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

/** Sends JSON to one process of a service. */
export function poster(url: string): TokenWorld['post'] {
  return async (path, body, headers = {}) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const init = { method: 'POST', headers: { ...type, ...headers }, ...sent }
    return told(await callHttp(new URL(`${url}${path}`), init))
  }
}

function told({ status, headers, text }: HttpAnswer): Told {
  return { status, body: text === '' ? {} : JSON.parse(text), headers }
}

async function signIn(
  world: IdentityWorld,
  identity: Identity,
  options: HolderOptions,
): Promise<Holder> {
  const { person = newId<'person'>(), tenant = newId<'tenant'>(), can = ['stock:read'] } = options
  await world.sql(
    `insert into plinth.people (id, name, email, email_verified)
     values ($1::uuid, 'Ana', $1::text || '@acme.test', true) on conflict do nothing`,
    [person],
  )
  await world.sql(
    `insert into plinth.tenants (id, slug, name, kind)
     values ($1::uuid, 't-' || $1::text, 'Acme', 'organisation') on conflict do nothing`,
    [tenant],
  )
  await world.sql(
    `insert into plinth.memberships (tenant_id, person_id, role, permissions)
     values ($1, $2, 'custom', $3) on conflict do nothing`,
    [tenant, person, can],
  )
  const given = await begin(identity, { person, tenant })
  return { person, tenant, session: given.session.session, ...(await tokensOf(identity, given)) }
}

type Begun = Awaited<ReturnType<typeof begin>>

async function begin(identity: Identity, at: Standing) {
  return identity.platform.transaction(async (tx) => {
    const { id } = await mint(identity, tx, { ...at, kind: 'token' })
    return identity.tokenApi.begin(tx, id)
  })
}

interface Standing {
  readonly person: Id<'person'>
  readonly tenant: Id<'tenant'>
}

async function mint(
  { mint: deps, clock }: Identity,
  tx: PlatformTx,
  at: Standing & { readonly kind: SessionKind },
): Promise<MintedSession> {
  const minted = await mintSession(deps, tx, {
    ...at,
    identity: null,
    provider: 'local',
    amr: ['pwd'],
    acr: 'aal1',
    authenticatedAt: clock.now(),
    rememberedDevice: undefined,
    providerSession: null,
    userAgent: 'tests',
    clientAddress: '127.0.0.1',
    tokens: { idToken: undefined, refreshToken: undefined, scopes: null },
  })
  if (minted.code !== 'minted') throw new Error('a session was asked for a second factor')
  return minted
}

/** Signs somebody in by a browser as well, and says how to ask whether that session is still good. */
export async function browserOf(
  { identity, world }: TokenWorld,
  { person, tenant }: Standing,
): Promise<() => Promise<boolean>> {
  const { token } = await identity.platform.transaction((tx) =>
    mint(identity, tx, { person, tenant, kind: 'browser' }),
  )
  const headers = { cookie: `${identity.cookieName}=${token}`, 'user-agent': 'tests' }
  return async () => (await fetch(`${world.http.url}/who`, { headers })).status === 200
}

async function tokensOf({ tokenApi }: Identity, given: Begun) {
  const answer = async (place: RefreshIn) => {
    const headers: string[] = []
    // Only what the answer does with a reply: it sets a header.
    const reply = { header: (_: string, value: string) => headers.push(value) }
    return tokenApi.answer(reply, given, place)
  }
  const { access_token: access, csrf_token: csrf } = await answer('cookie')
  return { access, refresh: given.refreshToken, csrf: csrf ?? '' }
}

/** Headers of a page of ours that sends the refresh cookie. */
export const inCookie = (token: string, csrf?: string): Record<string, string> => ({
  cookie: `refresh_token=${token}`,
  origin: ORIGIN,
  ...(csrf !== undefined && { 'x-csrf-token': csrf }),
})
