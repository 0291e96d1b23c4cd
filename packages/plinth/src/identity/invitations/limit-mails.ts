import type { FastifyRequest } from 'fastify'
import { limitBy } from '../../http/index.ts'

/** Mails to one address, by each way to send one: enough to correct a mistake, too few to be a nuisance. */
const TO_ONE_ADDRESS = { requests: 5, windowMs: 3_600_000 } as const

/**
 * Counts an invitation to an address.
 * @throws AppError 429 http.rate_limited
 */
export async function limitMails(
  request: FastifyRequest,
  tenant: string,
  email: string,
): Promise<void> {
  await limitBy(request, TO_ONE_ADDRESS, `invitation ${tenant} ${email.toLowerCase()}`)
}
