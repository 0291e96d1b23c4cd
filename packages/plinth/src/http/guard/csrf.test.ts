import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Credential, Principal } from '../../access/index.ts'
import { deriveKey, mac, newId, Secret } from '../../kernel/index.ts'
import { createCsrf } from './csrf.ts'

const csrfSecret = new Secret('the-csrf-secret-of-this-test-0123456')
const sessionSecret = new Secret('the-session-secret-of-this-test-0123')
const csrf = createCsrf(csrfSecret)

/** One person for all: a token must not outlive the session that it was made for, nor serve another. */
const person = newId<'person'>()
const holding = (kind: Credential['kind'], id: string): Principal => ({
  person,
  name: 'ana',
  tenant: null,
  permissions: [],
  credential: { kind, id, authenticatedAt: 0 },
})
const ana = holding('cookie', 'session-1')
const token = csrf.tokenFor(ana) ?? ''

test('SB-43 a token is an HMAC of its session under a key of its own', () => {
  assert.match(token, /^[A-Za-z0-9_-]{43}$/)
  assert.ok(csrf.accepts(ana, token))
  assert.equal(createCsrf(csrfSecret).tokenFor(ana), token, 'every process makes the same')
  assert.ok(!createCsrf(sessionSecret).accepts(ana, token), 'the session key makes another')
  const { kind, id } = ana.credential
  for (const purpose of [
    'session',
    'fingerprint',
    'one-time',
    'cursor',
    'provider-token',
  ] as const) {
    assert.notEqual(mac(deriveKey(csrfSecret, purpose), kind, id), token, purpose)
  }
})

test('SB-43 CS-06 CS-07 a token opens nothing for another session, another kind or another spelling', () => {
  const others = [
    holding('cookie', 'session-2'),
    holding('cookie', 'session-11'),
    holding('cookie', ''),
    holding('bearer', 'session-1'),
    holding('api-key', 'session-1'),
    holding('cookie', 'session-1 '),
    // Parts must not run into each other.
    holding('cookie', '6:cookie'),
  ]
  for (const other of others) assert.ok(!csrf.accepts(other, token), other.credential.id)
})

test('D4 who sends no cookie gets no token', () => {
  assert.equal(csrf.tokenFor(holding('bearer', 'b')), null)
  assert.equal(csrf.tokenFor(holding('api-key', 'k')), null)
})

test('SB-43 D4 a token is compared as it is, whatever its length and bytes are', () => {
  const wrong = [
    '',
    'x',
    token.slice(1),
    `${token}=`,
    ` ${token}`,
    token.toUpperCase(),
    '\u00fc'.repeat(43),
  ]
  for (const text of [...wrong, 'a'.repeat(100_000), `${token}\0`, '0'.repeat(43)]) {
    assert.ok(!csrf.accepts(ana, text), text.slice(0, 50))
  }
})
