import type { CryptoKey } from 'jose'
import type { SignatureAlgorithm } from './signature-algorithms.ts'

const decoys = new Map<SignatureAlgorithm, Promise<CryptoKey>>()

/**
 * A key that nothing was ever signed with. A token under a key id that nobody published is verified
 * against it, so that the time of the refusal does not tell which ids there are (JW-61).
 */
export function decoyKey(algorithm: SignatureAlgorithm): Promise<CryptoKey> {
  const known = decoys.get(algorithm) ?? makeKey(algorithm)
  decoys.set(algorithm, known)
  return known
}

async function makeKey(algorithm: SignatureAlgorithm): Promise<CryptoKey> {
  const { generateKeyPair } = await import('jose')
  return (await generateKeyPair(algorithm)).publicKey
}
