import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'jose'
import type { ProviderMemory } from './provider-records.ts'

/** Fresh keys for a provider that starts for the first time: RS256 (RFC 7518 §3.3) and cookie signing. */
export async function newProviderKeys(): Promise<ProviderMemory> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const jwk: JWK = { ...privateKey.export({ format: 'jwk' }) }
  const kid = randomBytes(8).toString('hex')
  return {
    signingKeys: [{ ...jwk, kid, alg: 'RS256', use: 'sig' }],
    cookieKeys: [randomBytes(32).toString('base64url')],
  }
}
