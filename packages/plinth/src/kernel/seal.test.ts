import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { deriveKey, Secret, seal, unseal } from './index.ts'

const secret = new Secret('a secret of this test, long enough')
const key = deriveKey(secret, 'provider-token')
const PLACE = 'session 1 idToken'
const TEXT = 'what the provider gave'

test('v5.0.0-V11.3.3 v5.0.0-V11.2.5 what is sealed opens whole, with its key and in its place, or not at all', () => {
  const sealed = seal(key, PLACE, TEXT)
  assert.equal(unseal(key, PLACE, sealed), TEXT)
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const bent = Buffer.from(sealed)
    bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    assert.equal(unseal(key, PLACE, bent), undefined, `bit ${bit}`)
  }
  for (let length = 0; length < sealed.length; length += 1) {
    assert.equal(unseal(key, PLACE, sealed.subarray(0, length)), undefined, `${length} bytes`)
  }
  assert.equal(unseal(key, PLACE, Buffer.concat([sealed, Buffer.alloc(1)])), undefined)
  for (const place of ['', 'session 2 idToken', 'session 1 refreshToken', `${PLACE} `])
    assert.equal(unseal(key, place, sealed), undefined, place)
  const others = [
    deriveKey(secret, 'signing-key'),
    deriveKey(new Secret('other'), 'provider-token'),
  ]
  for (const other of others) assert.equal(unseal(other, PLACE, sealed), undefined)
})

test('what is sealed twice never looks alike', () => {
  const nonces = Array.from({ length: 10_000 }, () =>
    seal(key, PLACE, '').subarray(0, 12).toString('latin1'),
  )
  assert.equal(new Set(nonces).size, nonces.length)
})

test('v5.0.0-V11.3.1 v5.0.0-V11.3.2 v5.0.0-V11.3.5 one file encrypts, and only by AES-256-GCM', () => {
  const sources = path.resolve(import.meta.dirname, '..')
  const files = globSync('**/*.ts', { cwd: sources }).filter(
    (file) => !/\.(test|fixture)\.ts$|^testing\/|^dev\//.test(file),
  )
  const found = files.flatMap((file) =>
    [...readFileSync(path.join(sources, file), 'utf8').matchAll(ENCRYPTS)].map(
      ([call]) => `${file} ${call}`,
    ),
  )
  assert.deepEqual(found, [
    "kernel/seal.ts createCipheriv('aes-256-gcm'",
    "kernel/seal.ts createDecipheriv('aes-256-gcm'",
  ])
})

/** Every call of Node, of Web Crypto and of jose that encrypts or decrypts, with its first argument. */
const ENCRYPTS =
  /\b(?:create(?:De)?[Cc]ipher(?:iv)?\([^,)]*|(?:public|private)(?:En|De)crypt\(|subtle\.(?:en|de)crypt\(|(?:Compact|Flattened|General)?EncryptJWT|(?:compact|flattened|general|jwt)(?:En|De)crypt\b)/g
