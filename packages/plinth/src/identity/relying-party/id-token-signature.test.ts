import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { EvilSays, Json, SigningKey } from '../../testing/evil-provider/index.ts'
import {
  newSigningKey,
  sharedSecretKey,
  signToken,
  unsigned,
} from '../../testing/evil-provider/index.ts'
import type { RelyingParty } from './relying-party.fixture.ts'
import { meOf, openRelyingParty } from './relying-party.fixture.ts'

// All of these are published by the provider, so that only the rule itself can refuse.
const ps256 = newSigningKey('PS256', 'published-ps256')
const es256 = newSigningKey('ES256', 'published-es256')
const es384 = newSigningKey('ES384', 'published-es384')
const eddsa = newSigningKey('EdDSA', 'published-eddsa')
const stranger = newSigningKey('RS256', 'strangers')

let party: RelyingParty
before(async () => {
  party = await openRelyingParty({
    'oidc.providers.evil.id_token_algorithms': ['RS256', 'ES256', 'ES384'],
  })
  party.world.clock.advance(31_000)
})
beforeEach(() => {
  party.calm()
  party.evil.say.keys = published()
})
after(() => party[Symbol.asyncDispose]())

const published = (): readonly unknown[] => [
  ...[party.evil.say.key.jwk, ps256.jwk, es256.jwk, es384.jwk, eddsa.jwk],
]
const own = (): SigningKey => party.evil.say.key
const kid = (): string => own().kid
const garbage = (bytes: number) => () => Buffer.alloc(bytes, 7)

/** The provider's public key as everybody knows it: what an algorithm confusion takes for a secret. */
function publicPem(): string {
  const key = own().publicKey
  assert.ok(key)
  return String(key.export({ format: 'pem', type: 'spki' }))
}

const hs256 = (secret: string): Partial<EvilSays> => ({
  ...{ key: sharedSecretKey(secret), header: { kid: kid() } },
})

type Row = readonly [title: string, fault: string, says: () => Partial<EvilSays>]

const ALGORITHMS: readonly Row[] = [
  [
    'RP-61 JW-01 v5.0.0-V9.1.2 oidcc-client-test-idtoken-sig-none',
    'format',
    () => ({ key: unsigned }),
  ],
  [
    'RP-61 JW-01 v5.0.0-V9.1.2 alg none with a signature',
    'alg',
    () => ({ key: unsigned, signature: garbage(8) }),
  ],
  ['JW-02 alg nOnE', 'alg', () => ({ header: { alg: 'nOnE' } })],
  ['JW-02 alg None', 'alg', () => ({ header: { alg: 'None' } })],
  ['JW-02 alg with a blank before none', 'alg', () => ({ header: { alg: ' none' } })],
  ['JW-02 alg none and NUL', 'format', () => ({ header: { alg: 'none\0' } })],
  ['JW-03 alg missing', 'alg', () => ({ header: { alg: undefined } })],
  ['JW-03 alg null', 'alg', () => ({ header: { alg: null } })],
  ['JW-03 alg a number', 'alg', () => ({ header: { alg: 256 } })],
  ['JW-03 alg a list', 'alg', () => ({ header: { alg: ['RS256'] } })],
  ['JW-03 alg of 8 kB', 'alg', () => ({ header: { alg: 'RS256'.repeat(1_600) } })],
  [
    'RP-62 v5.0.0-V6.8.2 oidcc-client-test-invalid-sig-hs256',
    'alg',
    () => ({ ...hs256('x'), signature: garbage(32) }),
  ],
  [
    'RP-66 v5.0.0-V9.1.2 HS256 with the client secret',
    'alg',
    () => hs256(party.evil.settings.client_secret),
  ],
  ['RP-66 JW-04 v5.0.0-V9.1.2 HS256 with the public key', 'alg', () => hs256(publicPem())],
  [
    'JW-04 HS256 with the public key, CR LF',
    'alg',
    () => hs256(publicPem().replaceAll('\n', '\r\n')),
  ],
  ['JW-04 HS256 with the public key, trimmed', 'alg', () => hs256(publicPem().trim())],
  ['JW-05 HS256 with the modulus', 'alg', () => hs256(String(own().jwk['n']))],
  ['JW-05 HS256 with an empty secret', 'alg', () => hs256('')],
  ['JW-05 HS256 with undefined', 'alg', () => hs256('undefined')],
  [
    'RP-65 JW-06 v5.0.0-V9.1.2 fapi2-security-profile-final-client-test-invalid-alternate-alg',
    'alg',
    () => ({ key: ps256 }),
  ],
  ['JW-06 RS512 by our own key', 'alg', () => ({ header: { alg: 'RS512' } })],
  ['JW-10 EdDSA, which is not agreed', 'alg', () => ({ key: eddsa })],
]

const SIGNATURES: readonly Row[] = [
  [
    'RP-62 v5.0.0-V6.8.2 oidcc-client-test-invalid-sig-rs256',
    'signature',
    () => ({ signature: flipped }),
  ],
  [
    'RP-62 v5.0.0-V6.8.2 signed by a stranger in the name of a published key',
    'signature',
    () => ({ key: { ...stranger, kid: kid() } }),
  ],
  [
    'RP-62 v5.0.0-V6.8.2 oidcc-client-test-invalid-sig-es256',
    'signature',
    () => ({ key: es256, signature: flipped }),
  ],
  ['RP-62 v5.0.0-V6.8.2 no signature', 'format', () => ({ signature: () => Buffer.alloc(0) })],
  ['JW-08 ES256 that names an RSA key', 'key', () => ({ key: es256, header: { kid: kid() } })],
  ['JW-08 RS256 that names an EC key', 'key', () => ({ header: { kid: es256.kid } })],
  ['JW-08 ES256 that names a P-384 key', 'key', () => ({ key: es256, header: { kid: es384.kid } })],
  [
    'JW-09 ECDSA of two zeros',
    'signature',
    () => ({ key: es256, signature: () => Buffer.alloc(64) }),
  ],
  ['JW-09 ECDSA of another length', 'signature', () => ({ key: es256, signature: garbage(63) })],
  ['JW-09 ECDSA in DER', 'signature', () => ({ key: es256, signature: inDer })],
]

const HEADERS: readonly Row[] = [
  ['RP-69 v5.0.0-V9.2.2 typ at+jwt', 'typ', () => ({ header: { typ: 'at+jwt' } })],
  ['RP-69 v5.0.0-V9.2.2 typ logout+jwt', 'typ', () => ({ header: { typ: 'logout+jwt' } })],
  ['RP-69 v5.0.0-V9.2.2 typ dpop+jwt', 'typ', () => ({ header: { typ: 'dpop+jwt' } })],
  ['RP-69 v5.0.0-V9.2.2 typ a list', 'typ', () => ({ header: { typ: ['JWT'] } })],
  [
    'JW-15 v5.0.0-V9.1.3 a key inside the header',
    'key',
    () => ({ key: stranger, header: { jwk: stranger.jwk } }),
  ],
  [
    'JW-17 v5.0.0-V9.1.3 a certificate chain inside the header',
    'key',
    () => ({ key: stranger, header: { x5c: ['MIIB'] } }),
  ],
  ['JW-18 kid a path', 'key', () => ({ header: { kid: '../../dev/null' } })],
  ['JW-18 kid SQL', 'key', () => ({ header: { kid: "' OR 1=1--" } })],
  ['JW-18 kid a command', 'key', () => ({ header: { kid: '$(id)' } })],
  ['JW-18 kid with NUL', 'format', () => ({ header: { kid: 'a\0' } })],
  ['JW-18 kid __proto__', 'key', () => ({ header: { kid: '__proto__' } })],
  ['JW-18 kid constructor', 'key', () => ({ header: { kid: 'constructor' } })],
  ['JW-18 kid a number', 'key', () => ({ header: { kid: 1 } })],
  ['JW-18 kid a list', 'key', () => ({ header: { kid: [kid()] } })],
  ['JW-18 kid of 10 kB', 'key', () => ({ header: { kid: 'k'.repeat(10_000) } })],
  ['JW-22 crit with b64', 'crit', () => ({ header: { crit: ['b64'], b64: false } })],
  ['JW-22 crit empty', 'crit', () => ({ header: { crit: [] } })],
  ['JW-22 crit that names nothing there', 'crit', () => ({ header: { crit: ['exp'] } })],
  ['JW-27 signed by the other provider’s key', 'key', () => ({ key: party.other.say.key })],
]

/** The token's text changed after signing. */
const bent = (change: (token: string) => string) => (): Partial<EvilSays> => ({
  bend: { token: (good: Json) => ({ ...good, id_token: change(String(good['id_token'])) }) },
})

const TEXTS: readonly Row[] = [
  [
    'RP-70 an encrypted token nobody asked for',
    'format',
    bent(() => ['a', 'b', 'c', 'd', 'e'].map((part) => part.repeat(40)).join('.')),
  ],
  [
    'JW-13 an encrypted token with PBES2 and a billion rounds',
    'format',
    bent(encryptedWithPassword),
  ],
  ['JW-14 JSON serialisation', 'format', bent(asJson)],
  ['JW-44 another spelling of the last character', 'format', bent(respelled)],
  ['JW-45 padding', 'format', bent((token) => `${token}==`)],
  ['JW-45 a line break behind it', 'format', bent((token) => `${token}\n`)],
  ['JW-45 a blank before it', 'format', bent((token) => ` ${token}`)],
  ['JW-45 four parts', 'format', bent((token) => `${token}.x`)],
  ['JW-45 two parts', 'format', bent((token) => token.slice(0, token.lastIndexOf('.')))],
  ['JW-45 a star inside', 'format', bent((token) => token.replace('.', '*.'))],
  ['JW-45 the other alphabet', 'format', bent((token) => `${token.slice(0, -3)}+/A`)],
]

for (const [title, fault, says] of [...ALGORITHMS, ...SIGNATURES, ...HEADERS, ...TEXTS]) {
  test(`${title} → ${fault}`, async () => {
    const { audit } = await party.oracle.refusedSignIn(party.evil, {
      ...{ reason: 'id_token_invalid', says: says() },
    })
    assert.deepEqual(JSON.parse(audit.data), { provider: 'evil', fault })
  })
}

function flipped(good: Buffer): Buffer {
  const bytes = Buffer.from(good)
  bytes.writeUInt8(bytes.readUInt8(9) ^ 1, 9)
  return bytes
}

/** r and s as two ASN.1 integers instead of side by side (RFC 7518 3.4). */
function inDer(good: Buffer): Buffer {
  const integers = [good.subarray(0, 32), good.subarray(32)].map((half) =>
    Buffer.concat([Buffer.from([2, 33, 0]), half]),
  )
  return Buffer.concat([Buffer.from([0x30, 70]), ...integers])
}

function encryptedWithPassword(token: string): string {
  const header = { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 1e9, p2s: 'c2FsdA' }
  const [first = ''] = signToken(header, {}, { key: own() }).split('.')
  return `${first}.${token.split('.').join('')}.aXY.Y3Q.dGFn`
}

function asJson(token: string): string {
  const [header = '', payload, signature] = token.split('.')
  return JSON.stringify({ payload, protected: header, signature, header: { alg: 'none' } })
}

/** Sets a spare bit of the last character: another text for the same bytes. */
function respelled(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + alphabet.charAt(alphabet.indexOf(token.at(-1) ?? '') + 1)
}

test('JW-16 v5.0.0-V9.1.3 key addresses inside the token are not fetched', async () => {
  const { evil, other, oracle } = party
  for (const name of ['jku', 'x5u']) {
    await oracle.refusedSignIn(evil, {
      reason: 'id_token_invalid',
      says: { key: stranger, header: { [name]: `${other.issuer}/jwks` } },
    })
  }
  assert.deepEqual(other.heard, [])
})

const ACCEPTED: readonly (readonly [string, () => Partial<EvilSays>])[] = [
  ['RP-14 oidcc-client-test-idtoken-sig-rs256', () => ({})],
  ['ES256', () => ({ key: es256 })],
  ['ES384', () => ({ key: es384 })],
  ['typ in another case', () => ({ header: { typ: 'jwt' } })],
  ['no typ', () => ({ header: { typ: undefined } })],
]
for (const [title, says] of ACCEPTED) {
  test(`${title} → accepted`, async () => {
    party.evil.always(says())
    const eve = party.world.visitor()
    await party.evil.signIn(eve)
    assert.equal((await meOf(eve)).authenticated, true)
  })
}
