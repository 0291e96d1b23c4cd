import type { JWK } from 'jose'

/**
 * The points of Ed25519 whose order is small, as keys are written; the last bit, which is the sign, is
 * left out. Under such a key one signature holds for many messages (RFC 8032 5.1.7, "cofactorless").
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])
const BYTES = 32

/** Whether a published key is one of Ed25519 that says something: neither Ed448 nor of small order. */
export function isEd25519Key({ kty, crv, x }: JWK): boolean {
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string') return false
  const point = Buffer.from(x, 'base64url')
  if (point.length !== BYTES) return false
  point.writeUInt8(point.readUInt8(BYTES - 1) & 0x7f, BYTES - 1)
  return !SMALL_ORDER.has(point.toString('hex'))
}
