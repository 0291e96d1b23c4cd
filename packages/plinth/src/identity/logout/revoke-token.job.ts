import { z } from 'zod'
import { PermanentFailure } from '../../feature/index.ts'
import type { SystemJob } from '../../jobs/index.ts'
import { systemJob } from '../../jobs/index.ts'
import type { Secret } from '../../kernel/index.ts'
import { deriveKey, unseal } from '../../kernel/index.ts'
import type { Outbound } from '../../outbound/index.ts'
import { clientRequest } from '../oidc/client-authentication.ts'
import type { Provider } from '../oidc/provider.ts'
import type { Providers } from '../oidc/providers.ts'
import { placeOf } from '../sessions/mint-session.ts'
import { REVOKE_TOKEN_JOB } from './queue-revocations.ts'

/** What revoking tokens needs. */
export interface RevokeDeps {
  readonly providers: Providers
  readonly outbound: Outbound
  /** `app.session_signing_secret`: what the tokens are sealed with. */
  readonly secret: Secret
}

/** With pauses that double from 5 s on, the last attempt comes after more than an hour. */
const RETRIES = 10

/**
 * Revokes a provider's refresh token whose session has ended (RFC 7009, RP-102). The job's row holds
 * the token as the session did: sealed, and bound to that session.
 */
export function revokeTokenJob(deps: RevokeDeps): SystemJob {
  const key = deriveKey(deps.secret, 'provider-token')
  return systemJob(REVOKE_TOKEN_JOB, {
    input: { provider: z.string(), session: z.uuid(), sealed: z.base64() },
    personal: true,
    retries: RETRIES,
    timeoutSeconds: 60,
    handle: async ({ input, signal }) => {
      const provider = deps.providers.find(input.provider)
      if (provider === undefined) throw new PermanentFailure('The provider is off.')
      const place = placeOf({ id: input.session, kind: 'refreshToken' })
      const token = unseal(key, place, Buffer.from(input.sealed, 'base64'))
      if (token === undefined) {
        throw new PermanentFailure(
          'The token cannot be opened; app.session_signing_secret was changed since it was sealed.',
        )
      }
      await revoke(deps.outbound, provider, { token, signal })
    },
  })
}

/** A provider without the endpoint keeps its token until that expires: there is no way to tell it. */
async function revoke(
  outbound: Outbound,
  provider: Provider,
  { token, signal }: { readonly token: string; readonly signal: AbortSignal },
): Promise<void> {
  const { revocationEndpoint } = await provider.metadata()
  if (revocationEndpoint === undefined) return
  const fields = { token, token_type_hint: 'refresh_token' }
  const { status } = await outbound.request({
    ...clientRequest(provider, revocationEndpoint, fields),
    signal,
  })
  if (status === 200) return
  const refusal = `The provider refused to revoke a token (status ${status}).`
  throw status === 400 ? new PermanentFailure(refusal) : new Error(refusal)
}
