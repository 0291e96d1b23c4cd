import type { Actor } from '../../access/index.ts'
import { covers, isGrant, narrow } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import { newId } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { OAuthClient } from './clients.repository.ts'
import { insertMachineToken, readAccount } from './machine-tokens.repository.ts'
import { oauthEvents } from './oauth.events.ts'
import type { OAuthDeps } from './oauth-deps.ts'

/** A token that was given to a client, or why none was. */
export type MachineToken =
  | { readonly code: 'issued'; readonly token: string; readonly scopes: readonly string[] }
  | { readonly code: 'scope_beyond' }
  | { readonly code: 'account_disabled' }

/**
 * Gives a client a token (RFC 6749 4.4): for what it asks, within what it was registered for, within
 * what its service account may do at this moment. There is no refresh token: the client has its proof.
 */
export async function issueMachineToken(
  { identity, accessSeconds }: OAuthDeps,
  { client, scope, actor }: { client: OAuthClient; scope: string | undefined; actor: Actor },
): Promise<MachineToken> {
  const { clock, platform, own } = identity
  const jti = newId<'oauth-token'>(clock)
  const written = await platform.transaction(async (tx) => {
    const account = await readAccount(tx, client)
    if (account?.status !== 'active' || account.grants === null) return 'account_disabled'
    const wanted =
      scope === undefined ? client.scopes : scope.split(' ').filter((one) => one !== '')
    const isWithin = wanted.every((one) => client.scopes.some((held) => covers(held, one)))
    const scopes = narrow(narrow(account.grants, client.scopes), wanted)
    if (!isWithin || !wanted.every(isGrant) || scopes.length === 0) return 'scope_beyond'
    const now = clock.now()
    const expiresAt = isoTime(now + accessSeconds * 1_000)
    await insertMachineToken(tx, { id: jti, client, scopes, now: isoTime(now), expiresAt })
    const target = { type: 'oauth_client', id: client.id }
    const event = oauthEvents.token_issued({
      outcome: 'success',
      target,
      data: { scopes: [...scopes] },
    })
    await record(tx, { ...actor, kind: 'person', person: client.person_id }, event)
    return scopes
  })
  if (typeof written === 'string') return { code: written }
  const token = await own.tokens.issue({
    jti,
    person: client.person_id,
    ttlSeconds: accessSeconds,
    claims: { client_id: client.id, tenant_id: client.tenant_id, scope: written.join(' ') },
  })
  return { code: 'issued', token, scopes: written }
}
