import { createSecretKey, randomBytes } from 'node:crypto'
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

async function makeKey(algorithm: SignatureAlgorithm): Promise<CryptoKey> {
  const { exportJWK, generateKeyPair, importJWK } = await import('jose')
  const { publicKey } = await generateKeyPair(algorithm)
  const key = await importJWK(await exportJWK(publicKey), algorithm)
  if (key instanceof Uint8Array) throw new TypeError(`${algorithm} has no public key`)
  return key
}
