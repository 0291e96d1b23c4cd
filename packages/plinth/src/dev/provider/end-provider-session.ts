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
  await tellServices(ctx, session)
  await session.destroy()
  ctx.redirect(landing(ctx))
  ctx.status = 303
}

type ProviderSession = NonNullable<KoaContextWithOIDC['oidc']['session']>

type Client = NonNullable<
  Awaited<ReturnType<KoaContextWithOIDC['oidc']['provider']['Client']['find']>>
>

/** A method that the library has and its types leave out. */
type CalledClient = Client & { backchannelLogout(subject: string, sid: string): Promise<void> }

/** Back-channel logout: each service that this session signed somebody in at is told. */
async function tellServices(ctx: KoaContextWithOIDC, session: ProviderSession): Promise<void> {
  const { provider } = ctx.oidc
  const { accountId } = session
  if (accountId === undefined) return
  const told = Object.keys(session.authorizations ?? {}).map(async (clientId) => {
    const client = await provider.Client.find(clientId)
    const sid = session.sidFor(clientId)
    if (client?.backchannelLogoutUri === undefined || sid === undefined) return
    // A service that does not run has nobody signed in.
    await (client as CalledClient).backchannelLogout(accountId, sid).catch((error: unknown) => {
      if (error instanceof Error)
        provider.emit('backchannel.error', ctx, error, client, accountId, sid)
    })
  })
  await Promise.all(told)
}

function landing(ctx: KoaContextWithOIDC): string {
  const { post_logout_redirect_uri: wanted, state } = ctx.oidc.params ?? {}
  if (typeof wanted !== 'string') return ctx.oidc.urlFor('end_session_success')
  const url = new URL(wanted)
  if (typeof state === 'string') url.searchParams.set('state', state)
  return url.href
}
