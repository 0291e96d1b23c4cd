import { request as rawRequest } from 'node:http'
import { z } from 'zod'
import type { Principal } from '../access/index.ts'
import { signedIn } from '../access/index.ts'
import { entity } from '../data/index.ts'
import type { Feature } from '../feature/index.ts'
import { feature, route } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import type { World } from '../testing/index.ts'

/** An entity of a tenant, with a name that is one of a kind there. */
export const thing = entity('thing', { name: z.string().max(60) }, { unique: [['name']] })

const shown = z.object({ id: z.string(), name: z.string() })

/** Things over HTTP, in the tenant of the request. */
export const things: Feature = feature('things', {
  entities: [thing],
  routes: [
    route('GET /things', {
      access: signedIn(),
      tenant: 'required',
      returns: z.object({ items: z.array(shown) }),
      handle: async ({ db }) => ({ items: [...(await thing.list(db)).items] }),
    }),
    route('GET /things/:id', {
      access: signedIn(),
      tenant: 'required',
      params: { id: thing.id },
      returns: shown,
      handle: ({ db, params }) => thing.get(db, params.id),
    }),
  ],
})

/** Routes that say where a request stands. */
export const here: Feature = feature('here', {
  routes: (['required', 'optional', 'none'] as const).map((tenant) =>
    route(`GET /${tenant}`, {
      access: signedIn(),
      tenant,
      returns: z.object({ tenant: z.string().nullable(), permissions: z.array(z.string()) }),
      handle: ({ placement }) => ({
        tenant: placement?.tenant ?? null,
        permissions: [...(placement?.permissions ?? [])],
      }),
    }),
  ),
})

/** What a raw call answered. */
export interface RawCall {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly text: string
}

/** Sends a target and headers as they are: fetch() would tidy both. */
export function ask(
  world: Pick<World, 'url'>,
  target: string,
  headers: Record<string, string | string[]>,
): Promise<RawCall> {
  const { hostname, port } = new URL(world.url)
  return new Promise((resolve, reject) => {
    const sent = rawRequest({ hostname, port, path: target, headers }, async (answer) => {
      const text = Buffer.concat(await answer.toArray()).toString()
      const isJson = answer.headers['content-type']?.includes('json') === true
      resolve({ status: answer.statusCode ?? 0, body: isJson ? JSON.parse(text) : {}, text })
    })
    sent.on('error', reject).end()
  })
}

/** A principal as somebody else's identity would make it of a bearer token that is its JSON. */
export function bearerOf(said: Partial<Principal>): string {
  return `Bearer ${Buffer.from(JSON.stringify(said)).toString('base64url')}`
}

/** Reads what {@link bearerOf} wrote. */
export function principalOfBearer(header: string | undefined): Principal | undefined {
  const text = header?.startsWith('Bearer ') ? header.slice(7) : undefined
  if (text === undefined) return undefined
  const said = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<Principal>
  return {
    person: newId<'person'>(),
    name: 'Somebody',
    tenant: null,
    permissions: [],
    credential: { kind: 'bearer', id: 'token', authenticatedAt: 0 },
    ...said,
  }
}

/** A person with memberships, written past every rule of the service. */
export interface Arranged {
  readonly person: Id<'person'>
  readonly tenants: Readonly<Record<string, Id<'tenant'>>>
}

/** Makes tenants by short name, all active, and a person who is an owner of those in `member`. */
export async function arrange(
  { database }: Pick<World, 'database'>,
  slugs: readonly string[],
  member: readonly string[],
): Promise<Arranged> {
  const person = newId<'person'>()
  const tenants = Object.fromEntries(slugs.map((slug) => [slug, newId<'tenant'>()]))
  await database.platform.transaction(async (tx) => {
    await tx.query("insert into plinth.people (id, name) values ($1, 'Ana')", [person])
    for (const [slug, tenant] of Object.entries(tenants)) {
      await tx.query(
        "insert into plinth.tenants (id, slug, name, kind) values ($1, $2, $2, 'organisation')",
        [tenant, slug],
      )
      if (!member.includes(slug)) continue
      await tx.inTenant(tenant, (inside) =>
        inside.query(
          "insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, 'owner')",
          [tenant, person],
        ),
      )
    }
  })
  return { person, tenants }
}
