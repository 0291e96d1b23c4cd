import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ProviderRecords } from './provider-records.ts'

/**
 * RP-initiated logout without a question (OpenID Connect RP-Initiated Logout 1.0 §2): an
 * `id_token_hint` of the person who is signed in here proves which session is meant. Anything
 * less falls through to the page that asks, so that a foreign link cannot sign anyone out.
 */
export async function endProviderSession(
  ctx: KoaContextWithOIDC,
  records: ProviderRecords,
): Promise<void> {
  const hint = ctx.oidc.entities.IdTokenHint?.payload
  const { session } = ctx.oidc
  if (hint === undefined || session === undefined || ctx.status !== 200) return
  const someoneElse = session.accountId !== undefined && session.accountId !== hint['sub']
  if (someoneElse) return
  for (const { grantId } of Object.values(session.authorizations ?? {}))
    if (grantId !== undefined) records.forgetGrant(grantId)
  await session.destroy()
  ctx.redirect(landing(ctx))
  ctx.status = 303
}

function landing(ctx: KoaContextWithOIDC): string {
  const { post_logout_redirect_uri: wanted, state } = ctx.oidc.params ?? {}
  if (typeof wanted !== 'string') return ctx.oidc.urlFor('end_session_success')
  const url = new URL(wanted)
  if (typeof state === 'string') url.searchParams.set('state', state)
  return url.href
}
