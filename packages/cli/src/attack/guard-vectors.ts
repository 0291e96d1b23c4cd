import type { Scene } from './scene.ts'
import type { Target } from './target.ts'
import { isUnsafe, looksAtCookies } from './target.ts'
import type { Shot, Vector } from './vector.ts'
import { refusal, requestTo } from './vector.ts'

/** Nobody, on every route that asks who calls. */
export const nobody: Vector = {
  name: 'nobody',
  column: 'nobody',
  fix: 'Give the route `access: signedIn()` or a permission, and let an open route read no tenant’s data.',
  shots(scene, target) {
    const request = requestTo(scene, target, {
      subject: scene.ours,
      which: 'kept',
      headers: scene.visitor,
    })
    if (target.facts.access.kind !== 'open')
      return [
        { ...refusal(scene, 'nobody', { request, expects: [401] }), untouched: isUnsafe(target) },
      ]
    // Anyone may call it: then it shows and changes nothing of a tenant.
    const { all } = scene.ours.marks
    return [{ by: 'nobody', request, expects: 'any', unseen: all, untouched: isUnsafe(target) }]
  },
}

/** Somebody of the tenant who may do everything but this. */
export const withoutTheRight: Vector = {
  name: 'without the right',
  column: 'right',
  fix: 'Give the route a permission of its own: `access: product.can.update`.',
  async shots(scene, target) {
    const { access } = target.facts
    if (access.kind !== 'can') return []
    const others = scene.permissions.filter((one) => one !== access.permission)
    const key = `but ${access.permission}`
    const { headers } = await scene.known(key, { tenant: scene.ours.slug, can: others })
    const request = requestTo(scene, target, { subject: scene.ours, which: 'kept', headers })
    const by = `a member with every permission but ${access.permission}`
    return [{ ...refusal(scene, by, { request, expects: [403] }), untouched: isUnsafe(target) }]
  },
}

/** A request of ours with one header replaced or taken away. */
function ours(
  scene: Scene,
  target: Target,
  change: Readonly<Record<string, string | undefined>>,
): Shot['request'] {
  const headers = Object.entries({ ...scene.ours.caller.headers, ...change }).flatMap(
    ([name, value]) => (value === undefined ? [] : [[name, value] as const]),
  )
  return requestTo(scene, target, {
    subject: scene.ours,
    which: 'kept',
    headers: Object.fromEntries(headers),
  })
}

/** A session without the token that only our own pages know. */
export const noCsrfToken: Vector = {
  name: 'no CSRF token',
  column: 'csrf',
  fix: 'Leave the guard on: no anonymous route may act on a session that it reads itself.',
  shots(scene, target) {
    if (!isUnsafe(target) || !looksAtCookies(target)) return []
    const token = (by: string, value: string | undefined): Shot =>
      refusal(scene, by, {
        request: ours(scene, target, { 'x-csrf-token': value }),
        expects: [403],
      })
    return [
      token('a session without a CSRF token', undefined),
      token('a session with the CSRF token of another', scene.theirs.caller.csrf),
    ]
  },
}

const EVIL = 'https://evil.example'
const ELSEWHERE = { origin: undefined, referer: `${EVIL}/`, 'sec-fetch-site': 'cross-site' }
const EMBEDDED = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
const FOLLOWED = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

/** A link brings the session along, so whatever answers it must change nothing. */
function followed(scene: Scene, target: Target): Shot {
  return {
    by: 'a link on another site that its owner follows',
    request: ours(scene, target, { ...ELSEWHERE, ...FOLLOWED }),
    expects: 'any',
    unseen: [],
    untouched: true,
  }
}

/** A page of another site that uses the visitor's session. */
export const foreignOrigin: Vector = {
  name: 'foreign Origin',
  column: 'origin',
  fix: 'Change data in POST, PUT, PATCH or DELETE only; a link can trigger any GET.',
  shots(scene, target) {
    if (!looksAtCookies(target)) return []
    const from = (by: string, change: Readonly<Record<string, string | undefined>>): Shot =>
      refusal(scene, by, { request: ours(scene, target, change), expects: [403] })
    if (!isUnsafe(target))
      return [
        from('a page of another site that embeds it', { ...ELSEWHERE, ...EMBEDDED }),
        followed(scene, target),
      ]
    return [
      from(`a page of ${EVIL} with a session and its CSRF token`, { origin: EVIL }),
      from('a sandboxed page (Origin: null) with a session and its CSRF token', { origin: 'null' }),
    ]
  },
}

/** Two credentials, which two parts of a service could read differently. */
export const twoCredentials: Vector = {
  name: 'two credentials',
  column: 'two',
  fix: 'Leave the guard on: a request carries one credential.',
  shots(scene, target) {
    if (!looksAtCookies(target)) return []
    const by = 'a session together with a bearer token'
    const request = ours(scene, target, { authorization: 'Bearer of-somebody-else' })
    return [refusal(scene, by, { request, expects: [400] })]
  },
}

/** A session that its owner has ended. */
export const endedSession: Vector = {
  name: 'ended session',
  column: 'ended',
  fix: 'Ask the guard who calls; keep no list of sessions of your own.',
  async shots(scene, target) {
    if (target.facts.access.kind === 'open') return []
    const caller = await scene.known('ended', { tenant: scene.ours.slug }, async ({ headers }) => {
      await scene.send({ method: 'POST', path: '/auth/web/logout', headers })
    })
    const { headers } = caller
    const request = requestTo(scene, target, { subject: scene.ours, which: 'kept', headers })
    return [refusal(scene, 'a session that was signed out', { request, expects: [401] })]
  },
}

/** A session whose time is over. The clock moves for all of the service: this way comes last. */
export const expiredSession: Vector = {
  name: 'expired session',
  column: 'expired',
  fix: 'Ask the guard who calls; keep no list of sessions of your own.',
  prepare({ world }) {
    const { app, oidc } = world.service.config
    const seconds = Math.max(app.session_max_age, oidc.refresh_tokens.max_session_lifetime_seconds)
    world.clock.advance((seconds + 60) * 1_000)
  },
  shots(scene, target) {
    if (target.facts.access.kind === 'open') return []
    const request = ours(scene, target, {})
    return [refusal(scene, 'a session whose time is over', { request, expects: [401] })]
  },
}
