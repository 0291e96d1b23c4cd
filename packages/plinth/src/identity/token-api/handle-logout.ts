import { httpProblems } from '../../http/index.ts'
import { endTokenSession } from './end-token-session.ts'
import type { TokenContext } from './handle-refresh.ts'
import { mayTry, noteRefused, taken } from './handle-refresh.ts'
import { tokenApiProblems } from './token-api.errors.ts'
import type { TokenRouteDeps } from './token-route-deps.ts'

/** `POST /auth/logout`: ends the sign-in of a refresh token (contract 5). */
export async function handleLogout(deps: TokenRouteDeps, context: TokenContext) {
  const { api, own, refusals } = deps
  const source = mayTry(deps, context)
  const carried = await taken(deps, context, source)
  const ended = await endTokenSession(api.deps, carried, context.actor)
  if (ended.code === 'csrf') {
    refusals.count(source)
    await noteRefused(api, context.actor, 'csrf')
    throw httpProblems.csrf()
  }
  if (carried.place === 'cookie') context.reply.header('set-cookie', api.cookie.clear())
  if (ended.code === 'unknown') {
    refusals.count(source)
    await noteRefused(api, context.actor, 'unknown')
    throw tokenApiProblems.unknownTokenSession()
  }
  own.cache?.forget(`person ${ended.person}`)
  return { revoked_at: ended.at }
}
