import type { PlatformTx } from '../../data/index.ts'
import { PLATFORM_TENANT } from '../../jobs/index.ts'

/** Name of the job that revokes a refresh token at its provider. */
export const REVOKE_TOKEN_JOB = 'identity.revoke_token'

/** A session that ends, with what it held of the provider. */
export interface EndedSession {
  readonly id: string
  readonly provider: string
  readonly refresh_token_sealed: Buffer | null
}

/**
 * Writes a job for each refresh token that ended sessions held, in the transaction that ends them:
 * a provider that is down now is told later, and a sign-out that fails revokes nothing. The token
 * stays as sealed as it was.
 */
export async function queueRevocations(
  tx: PlatformTx,
  ended: readonly EndedSession[],
): Promise<void> {
  for (const { id, provider, refresh_token_sealed: sealed } of ended) {
    if (sealed === null) continue
    const input = { provider, session: id, sealed: sealed.toString('base64') }
    const data = { tenant: PLATFORM_TENANT, input }
    await tx.outbox.enqueue(tx, { name: REVOKE_TOKEN_JOB, data })
  }
}
