import { generateKeyPairSync, sign } from 'node:crypto'

/** A key and a certificate for `localhost` that nobody vouches for, in PEM. */
export interface SelfSigned {
  readonly key: string
  readonly cert: string
}

/** Makes one: an X.509 version 3 certificate (RFC 5280 4.1) by hand, as no program for it is at hand everywhere. */
export function selfSigned(): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from('localhost')))))
  const validity = sequence(time('250101000000Z'), time('490101000000Z'))
  const facts = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
  )
  const signature = der(0x03, Buffer.of(0), sign('sha256', facts, privateKey))
  const certificate = sequence(facts, ECDSA_WITH_SHA256, signature).toString('base64')
  return {
    key: String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  }
}

const COMMON_NAME = Buffer.from('0603550403', 'hex')
const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex')

function time(text: string): Buffer {
  return der(0x17, Buffer.from(text))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

/** One element: tag, length, value. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const length = value.length < 0x80 ? [value.length] : longLength(value.length)
  return Buffer.concat([Buffer.from([tag, ...length]), value])
}

function longLength(length: number): number[] {
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}
