import { withArticle } from 'plinth/data'
import type { Caller } from './caller.ts'
import { namesRows, pathFor, referencesIn, withReference } from './request-input.ts'
import type { RowState } from './row-state.ts'
import type { Scene, Side } from './scene.ts'
import type { Target } from './target.ts'
import { isUnsafe } from './target.ts'
import type { Shot, Vector } from './vector.ts'
import { requestTo, withBody } from './vector.ts'

interface Role {
  readonly called: string
  readonly can: (permission: string) => boolean
}

/** Who attacks: from somebody who may do everything in their own tenant to somebody who may do nothing. */
const ROLES: readonly Role[] = [
  { called: 'owner', can: () => true },
  { called: 'editor', can: (permission) => !permission.endsWith(':delete') },
  { called: 'reader', can: (permission) => permission.endsWith(':read') },
  { called: 'member without rights', can: () => false },
]

/**
 * Ids of the other tenant on every route that takes one, by four roles, in both directions
 * (broken object-level authorisation, OWASP API1).
 */
export const idsOfAnotherTenant: Vector = {
  name: 'ids of another tenant',
  column: 'ids',
  fix: 'Read and write through the route’s `db`, which knows the tenant; then another tenant’s id is nowhere (404).',
  async shots(scene, target) {
    const { ours, theirs, crossable } = scene
    if (!crossable) return []
    const ways: readonly (readonly [Side, Side])[] = [
      [theirs, ours],
      [ours, theirs],
    ]
    const shots: Shot[] = []
    for (const [from, to] of ways) {
      if (!namesRows(scene.input, target, to)) continue
      for (const role of ROLES) shots.push(await crossing(scene, target, { from, to, role }))
    }
    return shots
  },
}

interface Crossing {
  readonly from: Side
  readonly to: Side
  readonly role: Role
}

async function crossing(scene: Scene, target: Target, { from, to, role }: Crossing): Promise<Shot> {
  const { access } = target.facts
  const may = access.kind !== 'can' || role.can(access.permission)
  const { headers } = await attacker(scene, from, role)
  const request = requestTo(scene, target, { subject: to, which: 'kept', headers })
  const path = pathFor(scene.input, target, { subject: to, which: 'unknown' })
  return {
    by: `${withArticle(role.called)} of another tenant with an id of this one`,
    request,
    expects: may ? [404] : [403],
    like: { ...request, path },
    unseen: to.marks.all,
    untouched: isUnsafe(target),
  }
}

function attacker(scene: Scene, { slug }: Side, { called, can }: Role): Promise<Caller> {
  const rights = called === 'owner' ? {} : { can: scene.permissions.filter(can) }
  return scene.known(`${called} of ${slug}`, { tenant: slug, ...rights })
}

/**
 * Somebody of another tenant who uses each route as it is meant, with every right in their own: what
 * comes back holds nothing of the attacked tenant, and nothing of it is changed.
 */
export const otherTenant: Vector = {
  name: 'another tenant',
  column: 'tenant',
  fix: 'Read and write through the route’s `db`; enter other tenants only with systemContext, in routes of administrators.',
  async shots(scene, target) {
    const { ours, theirs, crossable, signIn } = scene
    if (!crossable || target.facts.anonymous) return []
    // Somebody new each time: what they do may end their session.
    const caller = isUnsafe(target) ? await signIn({ tenant: theirs.slug }) : theirs.caller
    const request = requestTo(scene, target, {
      subject: theirs,
      which: 'own',
      headers: caller.headers,
    })
    const plain: Shot = {
      by: 'somebody of another tenant with rows of their own',
      request,
      expects: 'any',
      unseen: ours.marks.all,
      untouched: true,
    }
    return [plain, ...naming(scene, plain)]
  },
}

/** The same, while the request says that it is for the attacked tenant, in every way that the service hears. */
function naming({ world, ours }: Scene, shot: Shot): readonly Shot[] {
  const { strategies, header_name: header, base_domain: domain } = world.service.config.tenancy
  const { request } = shot
  const headers = (name: string, value: string) => ({
    ...request,
    headers: { ...request.headers, [name]: value },
  })
  const ways: Readonly<Record<string, Shot['request'] | undefined>> = {
    header: headers(header.toLowerCase(), ours.slug),
    subdomain: domain === undefined ? undefined : headers('host', `${ours.slug}.${domain}`),
    path: { ...request, path: `/t/${ours.slug}${request.path}` },
  }
  return strategies.flatMap((strategy) => {
    const named = ways[strategy]
    if (named === undefined) return []
    return [
      {
        ...shot,
        by: `somebody of another tenant who names this one (${strategy})`,
        request: named,
      },
    ]
  })
}

/**
 * A row of one's own that refers to a row of another tenant, in every field that can: the row must not
 * be there afterwards, and nothing of the other one may come back.
 */
export const referencesAcross: Vector = {
  name: 'references across tenants',
  column: 'refs',
  fix: 'Declare the field with ref(): its key runs over the tenant; or look the row up through the route’s `db` first.',
  async shots(scene, target) {
    const { input, ours, theirs, crossable, signIn } = scene
    const fields = referencesIn(input, target)
    if (!crossable || fields.length === 0 || target.facts.takesForm) return []
    const { headers } = await signIn({ tenant: theirs.slug })
    const plain = requestTo(scene, target, { subject: theirs, which: 'own', headers })
    return fields.flatMap((field): readonly Shot[] => {
      const id = ours.rows.get(field.to.name)?.kept.id
      if (id === undefined) return []
      const shot: Shot = {
        by: `somebody of another tenant who writes an id of this one into ${field.steps.join('.')}`,
        request: withBody(plain, 'application/json', withReference(plain.body, field, id)),
        expects: 'any',
        unseen: ours.marks.all,
        untouched: true,
        afterwards: (_, { after }) => whoRefersTo(after.theirs, id),
      }
      return [shot]
    })
  },
}

function whoRefersTo(rows: RowState, id: string): string | undefined {
  for (const [entity, byId] of rows)
    for (const row of byId.values())
      if (Object.values(row).includes(id)) return `a row of ${entity} refers to it`
  return undefined
}
