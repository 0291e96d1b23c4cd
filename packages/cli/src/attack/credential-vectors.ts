import type { MadeKey } from './machine-credentials.ts'
import { accessToken, forgeriesOf, makeKey, makeRevokedKey } from './machine-credentials.ts'
import type { Scene } from './scene.ts'
import type { Target } from './target.ts'
import { isUnsafe, looksAtCookies } from './target.ts'
import type { Shot, Vector } from './vector.ts'
import { refusal, requestTo } from './vector.ts'

const GUARD = 'Ask the guard who calls; read no key and no token of your own.'

/** Makes something once for all requests of a scene. */
function onceFor<T>(make: (scene: Scene) => Promise<T>): (scene: Scene) => Promise<T> {
  const made = new WeakMap<Scene, Promise<T>>()
  return (scene) => {
    const known = made.get(scene) ?? make(scene)
    made.set(scene, known)
    return known
  }
}

interface Attempt {
  readonly by: string
  readonly headers: Readonly<Record<string, string>>
  readonly expects: readonly number[]
}

/** A request with a credential of a program, which no page sends. */
function shot(scene: Scene, target: Target, { by, headers, expects }: Attempt): Shot {
  const request = requestTo(scene, target, {
    subject: scene.ours,
    which: 'kept',
    headers: { ...scene.visitor, ...headers },
  })
  return { ...refusal(scene, by, { request, expects }), untouched: isUnsafe(target) }
}

function asksWhoCalls(target: Target): boolean {
  return target.facts.access.kind !== 'open' && looksAtCookies(target)
}

const revoked = onceFor(makeRevokedKey)

/** An API key whose owner has revoked it. */
export const revokedKey: Vector = {
  name: 'revoked key',
  column: 'revoked',
  fix: GUARD,
  async shots(scene, target) {
    const made = asksWhoCalls(target) ? await revoked(scene) : undefined
    if (made === undefined) return []
    const headers = { 'x-api-key': made.key }
    return [shot(scene, target, { by: 'a key that was revoked', headers, expects: [401] })]
  },
}

const keysByArea = new WeakMap<Scene, Map<string, Promise<MadeKey | undefined>>>()

/** A key of the owner that holds one area only, made once. */
function keyOfArea(scene: Scene, area: string): Promise<MadeKey | undefined> {
  const known = keysByArea.get(scene) ?? new Map<string, Promise<MadeKey | undefined>>()
  keysByArea.set(scene, known)
  const made = known.get(area) ?? makeKey(scene, { type: 'user', scopes: [`${area}:*`] })
  known.set(area, made)
  return made
}

/** Areas of permissions that a tenant can give. */
function areasOf({ permissions }: Scene): readonly string[] {
  const areas = permissions.map((one) => one.slice(0, one.indexOf(':')))
  return [...new Set(areas)].filter((area) => area !== 'platform')
}

/** A key of somebody who may do everything, narrowed to something else. */
export const wrongScope: Vector = {
  name: 'wrong scope',
  column: 'scope',
  fix: 'Give the route a permission of its own, and ask for more with can(context, …) only.',
  async shots(scene, target) {
    const { access } = target.facts
    if (access.kind !== 'can') return []
    const other = areasOf(scene).find((area) => !access.permission.startsWith(`${area}:`))
    const made = other === undefined ? undefined : await keyOfArea(scene, other)
    if (made === undefined) return []
    const by = `a key of an owner for ${other}:* only`
    const headers = { 'x-api-key': made.key }
    return [shot(scene, target, { by, headers, expects: [403] })]
  },
}

const reading = onceFor((scene) =>
  makeKey(scene, { type: 'readonly', scopes: areasOf(scene).map((area) => `${area}:*`) }),
)

/** A key that reads everything, where something is changed. */
export const readOnlyKey: Vector = {
  name: 'read-only key',
  column: 'reads',
  fix: 'Change data in POST, PUT, PATCH or DELETE only: a GET lets a key through that only reads.',
  async shots(scene, target) {
    const made = isUnsafe(target) && asksWhoCalls(target) ? await reading(scene) : undefined
    if (made === undefined) return []
    const headers = { 'x-api-key': made.key }
    return [shot(scene, target, { by: 'a key that only reads', headers, expects: [403] })]
  },
}

const token = onceFor(accessToken)
const forgeries = onceFor(async (scene) => {
  const good = await token(scene)
  return good === undefined ? [] : forgeriesOf(good)
})

function withToken(text: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${text}` }
}

/** Tokens that look like ours and are not. */
export const foreignToken: Vector = {
  name: 'foreign token',
  column: 'foreign',
  fix: GUARD,
  async shots(scene, target) {
    const forged = asksWhoCalls(target) ? await forgeries(scene) : []
    return forged.map(([by, text]) =>
      shot(scene, target, { by, headers: withToken(text), expects: [401] }),
    )
  },
}

/** A token of ours whose time is over. The clock moves for all of the service. */
export const expiredToken: Vector = {
  name: 'expired token',
  column: 'old tok',
  fix: GUARD,
  async prepare(scene) {
    await token(scene)
    const { access_ttl_minutes: minutes } = scene.world.service.config.tokens
    scene.world.clock.advance((minutes + 1) * 60_000)
  },
  async shots(scene, target) {
    const old = asksWhoCalls(target) ? await token(scene) : undefined
    if (old === undefined) return []
    const by = 'an access token whose time is over'
    return [shot(scene, target, { by, headers: withToken(old), expects: [401] })]
  },
}

const TEN_YEARS = 10 * 365 * 24 * 60 * 60

/** A session of an owner who proved long ago, and weakly, who they are. */
export const stepUpMissing: Vector = {
  name: 'step-up missing',
  column: 'step-up',
  fix: 'Declare stepUp at the route; a handler that asks for it itself comes too late.',
  async shots(scene, target) {
    const { access, stepUp } = target.facts
    // An owner of a tenant is refused on the platform for want of the right, whenever they signed in.
    const isPlatforms = access.kind === 'can' && access.permission.startsWith('platform:')
    if (stepUp === undefined || isPlatforms) return []
    const longAgo = { tenant: scene.ours.slug, provedSecondsAgo: TEN_YEARS }
    const caller = await scene.known('long ago', longAgo)
    const request = requestTo(scene, target, {
      subject: scene.ours,
      which: 'kept',
      headers: caller.headers,
    })
    const by = 'an owner who signed in ten years ago'
    return [{ ...refusal(scene, by, { request, expects: [401] }), untouched: isUnsafe(target) }]
  },
}
