import type { PlatformTx } from '../../data/index.ts'
import { PLATFORM_TENANT } from '../../jobs/index.ts'
import type { Secret } from '../../kernel/index.ts'
import { deriveKey, seal, unseal } from '../../kernel/index.ts'

/** What somebody asks for of whom we do not say whether we know them. */
export type AccountRequest = 'identity.password_reset' | 'identity.registration'

/**
 * Hands such a request to a job. Whoever asks waits for the same work whether there is an account or
 * not (MF-35), and what they typed lies sealed until its turn comes.
 */
export async function queueRequest(
  tx: PlatformTx,
  secret: Secret,
  request: { readonly job: AccountRequest; readonly value: object },
): Promise<void> {
  const { job: name, value } = request
  const sealed = seal(deriveKey(secret, 'account-request'), name, JSON.stringify(value))
  const input = { sealed: sealed.toString('base64') }
  await tx.outbox.enqueue(tx, { name, data: { tenant: PLATFORM_TENANT, input } })
}

/** Opens one; undefined when the secret was changed meanwhile. */
export function openRequest(secret: Secret, job: AccountRequest, sealed: string): unknown {
  const text = unseal(deriveKey(secret, 'account-request'), job, Buffer.from(sealed, 'base64'))
  return text === undefined ? undefined : JSON.parse(text)
}
