import { randomBytes } from 'node:crypto'
import type { CryptoKey } from 'jose'

const decoys = new Map<string, Promise<CryptoKey>>()

/**
 * A key that nothing was ever signed with. A token under a key id that nobody published is verified
 * against it, so that the time of the refusal does not tell which ids there are (JW-61).
 */
export function decoyKey(algorithm: string): Promise<CryptoKey> {
  const known = decoys.get(algorithm) ?? makeKey(algorithm)
  decoys.set(algorithm, known)
  return known
}

async function makeKey(algorithm: string): Promise<CryptoKey> {
  if (algorithm === 'HS256') {
    const hmac = { name: 'HMAC', hash: 'SHA-256' }
    // By the global: its types are those of jose wherever this is compiled.
    return crypto.subtle.importKey('raw', randomBytes(32), hmac, false, ['verify'])
  }
  const { generateKeyPair } = await import('jose')
  return (await generateKeyPair(algorithm)).publicKey
}
