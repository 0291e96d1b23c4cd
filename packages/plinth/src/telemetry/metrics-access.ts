import { isIP } from 'node:net'
import { type Secret, sameText } from '../kernel/index.ts'

/** Whether a caller may read the metrics. */
export type MetricsAccess = 'allowed' | 'unauthorized' | 'forbidden'

/**
 * Who may read GET /metrics: whoever shows METRICS_TOKEN as bearer, or, where none is set, a caller
 * on this machine.
 * @param token the setting METRICS_TOKEN
 * @param authorization the request's Authorization header
 * @param clientAddress the caller's address, behind trusted proxies the one they name
 */
export function metricsAccess(
  token: Secret | undefined,
  authorization: string | undefined,
  clientAddress: string,
): MetricsAccess {
  if (token === undefined) return isLoopback(clientAddress) ? 'allowed' : 'forbidden'
  const [, shown] = /^Bearer ([^\s]{1,512})$/i.exec(authorization ?? '') ?? []
  return shown !== undefined && sameText(shown, token.reveal()) ? 'allowed' : 'unauthorized'
}

function isLoopback(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, '')
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}
