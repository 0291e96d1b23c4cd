import type { AnyEntity, Database } from 'plinth/data'
import type { SignInOptions, World } from 'plinth/testing'
import { randomFrom } from '../sample/random.ts'
import { importFrom } from '../service-process/import-from.ts'
import type { ServiceWorld } from '../service-process/service-world.ts'
import type { Caller } from './caller.ts'
import { callers, visitorHeaders } from './caller.ts'
import type { HttpReply, HttpRequest } from './http-request.ts'
import { httpSender } from './http-request.ts'
import type { Marks } from './marks.ts'
import { marksOf } from './marks.ts'
import type { InputSource, Subject } from './request-input.ts'
import type { Owner, Seeded } from './seeded-rows.ts'
import { seedRows } from './seeded-rows.ts'
import type { Target } from './target.ts'
import { entityOf } from './target.ts'

/** One of the two tenants. */
export interface Side extends Subject, Owner {
  /** Short name of the tenant. */
  readonly slug: string
  readonly seeded: Seeded
  readonly marks: Marks
  /** Somebody who may do everything there. */
  readonly caller: Caller
}

/** Everything that an attack is made of. */
export interface Scene {
  readonly world: World
  readonly input: InputSource
  readonly targets: readonly Target[]
  /** Whose data is attacked. */
  readonly ours: Side
  /** Whose people attack. */
  readonly theirs: Side
  /** False where the service has one tenant for everybody. */
  readonly crossable: boolean
  /** Every permission that the service asks for somewhere. */
  readonly permissions: readonly string[]
  /** Origin of the service's own pages. */
  readonly origin: string
  /** Headers of a browser without a session. */
  readonly visitor: Readonly<Record<string, string>>
  readonly notes: readonly string[]
  /** Signs somebody new in. */
  signIn: SignIn
  /** Somebody who is signed in once for all requests that name the same key. */
  known(
    key: string,
    options: SignInOptions,
    then?: (caller: Caller) => Promise<void>,
  ): Promise<Caller>
  send(request: HttpRequest): Promise<HttpReply>
  close(): void
}

type SignIn = ReturnType<typeof callers>

const SEED = 20_260_101

/** Signs in the people of two tenants, and fills both with rows of every entity. */
export async function setScene(started: ServiceWorld): Promise<Scene> {
  const { root, world, features } = started
  const [{ z }, sender] = [await importFrom(root, 'zod'), httpSender(world.url)]
  const entities = features.flatMap((feature) => feature.entities ?? [])
  const toJsonSchema = onceEach((schema) => ({
    ...z.toJSONSchema(schema as AnyEntity['row'], { io: 'input', unrepresentable: 'any' }),
  }))
  const input: InputSource = { random: randomFrom(SEED), entities, toJsonSchema }
  const signIn = callers(world)
  const side = (slug: string) => openSide({ world, input, signIn, send: sender.send }, slug)
  const [ours, theirs] = [await side('attacked'), await side('attacking')]
  const { origin } = new URL(world.service.config.app.base_url)
  const targets = targetsOf(started, entities)
  return {
    world,
    input,
    targets,
    ours,
    theirs,
    crossable: ours.tenant !== theirs.tenant,
    permissions: permissionsOf(targets, entities),
    origin,
    visitor: visitorHeaders(origin),
    notes: ours.seeded.notes,
    signIn,
    known: knownBy(signIn),
    send: sender.send,
    close: sender.close,
  }
}

/** The same schema is asked for with every request to its route. */
function onceEach(convert: InputSource['toJsonSchema']): InputSource['toJsonSchema'] {
  const known = new Map<unknown, ReturnType<InputSource['toJsonSchema']>>()
  return (schema) => {
    const json = known.get(schema) ?? convert(schema)
    known.set(schema, json)
    return json
  }
}

function knownBy(signIn: SignIn): Scene['known'] {
  const known = new Map<string, Promise<Caller>>()
  return (key, options, then = async () => undefined) => {
    const made = known.get(key) ?? signIn(options).then((caller) => then(caller).then(() => caller))
    known.set(key, made)
    return made
  }
}

/** The guarded routes of a service. */
export function targetsOf(
  { world, declared, features }: Pick<ServiceWorld, 'world' | 'declared' | 'features'>,
  entities: readonly AnyEntity[],
): readonly Target[] {
  const mounts = features.flatMap(({ routes = [] }) => routes.flat().flatMap(mountOf))
  return world.service.census().flatMap(({ method, url, facts }): Target[] => {
    if (facts === undefined) return []
    const mount = mounts.find(({ prefix }) => url === prefix || url.startsWith(`${prefix}/`))
    const place = declared.of(facts) ?? declared.of(mount)
    const params = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
    return [{ method, url, facts, place, params, entity: entityOf(url, facts, entities) }]
  })
}

function mountOf(entry: object): readonly { readonly prefix: string }[] {
  if (Reflect.get(entry, 'kind') !== 'mount' || !('prefix' in entry)) return []
  // The very object: its place is known by it.
  return [entry as { readonly prefix: string }]
}

function permissionsOf(
  targets: readonly Target[],
  entities: readonly AnyEntity[],
): readonly string[] {
  const asked = targets.flatMap(({ facts: { access } }) =>
    access.kind === 'can' ? [access.permission] : [],
  )
  const offered = entities.flatMap(({ can }) =>
    Object.values(can).map(({ permission }) => permission),
  )
  return [...new Set([...asked, ...offered])]
}

type SideParts = Pick<Scene, 'world' | 'input' | 'signIn' | 'send'>

async function openSide(parts: SideParts, slug: string): Promise<Side> {
  const { world, input } = parts
  const { database } = world
  const who = `owner-of-${slug}`
  const caller = await parts.signIn({ tenant: slug }, who)
  const owner = await ownerOf(database, who)
  // Whom the tenant's list of people shows first: a request that is meant so removes nobody who is needed.
  await parts.signIn({ tenant: slug }, `spare-of-${slug}`)
  const seeding = { database, random: input.random, entities: input.entities }
  const seeded = await seedRows({ ...seeding, toJsonSchema: input.toJsonSchema }, owner)
  const ids = await shownIds(parts, caller)
  const marks = marksOf(input.entities, seeded)
  return { slug, ...owner, caller, seeded, rows: seeded.rows, ids, marks }
}

/** What the lists of the service show somebody of their own: sessions, identities. */
async function shownIds({ world, send }: SideParts, { headers }: Caller) {
  const found = new Map<string, string>()
  const urls = new Set(world.service.census().map(({ url }) => url))
  for (const url of urls) {
    if (![...urls].some((other) => other.startsWith(`${url}/:`))) continue
    const { text } = await send({ method: 'GET', path: url, headers })
    const [, id] = /"id":"([^"]+)"/.exec(text) ?? []
    if (id !== undefined) found.set(url, id)
  }
  return found
}

/** In which tenant somebody signed in, and as which person. */
export async function ownerOf({ platform }: Database, who: string): Promise<Owner> {
  const { rows } = await platform.query<{ tenant: Owner['tenant']; person: string }>(
    `select s.tenant_id as tenant, s.person_id as person from plinth.sessions s
       join plinth.identities i on i.person_id = s.person_id
      where i.issuer = 'urn:test' and i.subject = $1`,
    [who],
  )
  const [owner] = rows
  if (owner === undefined) throw new Error('a session that was just opened is not there')
  return owner
}
