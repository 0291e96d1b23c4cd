import assert from 'node:assert/strict'
import { test } from 'node:test'
import { good, KEYCLOAK, kid, plain, verdict, verify, without } from './access-token.fixture.ts'
import type { Json } from './forge.fixture.ts'
import { forge, NOW } from './forge.fixture.ts'

const CLAIMS: readonly (readonly [string, unknown, string, Json?])[] = [
  ['JW-29 aud missing', without('aud'), 'aud'],
  ['JW-29 v5.0.0-V9.2.3 aud of somebody else', { ...plain, aud: 'api://other' }, 'aud'],
  ['JW-29 v5.0.0-V9.2.3 aud that begins like ours', { ...plain, aud: 'api://default2' }, 'aud'],
  ['JW-29 v5.0.0-V9.2.3 aud in upper case', { ...plain, aud: 'API://DEFAULT' }, 'aud'],
  ['JW-29 v5.0.0-V9.2.3 aud an empty list', { ...plain, aud: [] }, 'aud'],
  ['JW-29 v5.0.0-V9.2.3 aud a list without us', { ...plain, aud: ['a', 'b'], azp: 'a' }, 'aud'],
  ['JW-29 aud a list with a number', { ...plain, aud: ['api://default', 1] }, 'aud'],
  ['JW-30 aud a list of us alone', { ...plain, aud: ['api://default'] }, 'accepted'],
  [
    'JW-30 the second audience of settings',
    { ...plain, aud: 'b' },
    'accepted',
    { audiences: ['a', 'b'] },
  ],
  ['8.1 several audiences without azp', { ...plain, aud: ['api://default', 'x'] }, 'azp'],
  [
    '8.1 several audiences, azp among them',
    { ...plain, aud: ['api://default', 'x'], azp: 'x' },
    'accepted',
  ],
  [
    '8.1 several audiences, azp a stranger',
    { ...plain, aud: ['api://default', 'x'], azp: 'y' },
    'azp',
  ],
  ['8.1 one audience, azp a stranger', { ...plain, azp: 'y' }, 'azp'],
  ['8.1 one audience, azp our client', { ...plain, azp: 'test-client' }, 'accepted'],
  ['8.1 azp of our client at another provider', { ...plain, azp: 'other-client' }, 'azp'],
  ['8.1 azp a list', { ...plain, azp: ['test-client'] }, 'azp'],
  ['RFC 9068 client_id a stranger', { ...plain, client_id: 'y' }, 'azp'],
  [
    'JW-31 azp that settings list',
    { ...plain, azp: 'spa' },
    'accepted',
    { authorized_parties: ['spa'] },
  ],
  ['JW-31 azp that settings do not list', { ...good }, 'azp', { authorized_parties: ['spa'] }],
  ['JW-31 no azp where settings list some', plain, 'azp', { authorized_parties: ['spa'] }],
  ['JW-26 iss missing', without('iss'), 'key'],
  ['JW-26 iss a list', { ...plain, iss: [KEYCLOAK] }, 'key'],
  ['JW-26 iss with a trailing slash', { ...plain, iss: `${KEYCLOAK}/` }, 'key'],
  ['JW-26 iss in upper case', { ...plain, iss: KEYCLOAK.toUpperCase() }, 'key'],
  ['JW-26 iss in another script', { ...plain, iss: KEYCLOAK.replace('e', '\u0435') }, 'key'],
  ['JW-32 v5.0.0-V9.2.1 exp missing', without('exp'), 'exp'],
  ['JW-33 v5.0.0-V9.2.1 exp past', { ...plain, iat: NOW - 300, exp: NOW - 60 }, 'exp'],
  ['JW-33 exp inside the leeway', { ...plain, exp: NOW - 29 }, 'accepted'],
  ['JW-33 v5.0.0-V9.2.1 exp just outside the leeway', { ...plain, exp: NOW - 30 }, 'exp'],
  [
    'JW-33 exp inside a leeway of 60 s',
    { ...plain, iat: NOW - 90, exp: NOW - 59 },
    'accepted',
    { clock_skew: 60 },
  ],
  ['JW-33 exp without leeway', { ...plain, exp: NOW }, 'exp', { clock_skew: 0 }],
  ['JW-34 exp a text', { ...plain, exp: String(NOW + 300) }, 'exp'],
  ['JW-34 exp a float', { ...plain, exp: NOW + 300.5 }, 'accepted'],
  ['JW-34 exp 1e308', { ...plain, exp: 1e308 }, 'exp'],
  ['JW-34 exp -1', { ...plain, exp: -1 }, 'exp'],
  ['JW-34 exp NaN as a text', { ...plain, exp: 'NaN' }, 'exp'],
  ['JW-34 exp 2^53', { ...plain, exp: 2 ** 53 }, 'format'],
  ['JW-34 a life of more than a day', { ...plain, exp: NOW + 86_401 }, 'exp'],
  ['JW-35 v5.0.0-V9.2.1 nbf in the future', { ...plain, nbf: NOW + 31 }, 'nbf'],
  ['JW-35 v5.0.0-V9.2.1 nbf inside the leeway', { ...plain, nbf: NOW + 30 }, 'accepted'],
  ['JW-35 nbf a text', { ...plain, nbf: '1' }, 'nbf'],
  ['JW-36 iat missing', without('iat'), 'iat'],
  ['JW-36 iat in the future', { ...plain, iat: NOW + 31 }, 'iat'],
  ['JW-36 iat ten years ago', { ...plain, iat: NOW - 315_360_000 }, 'iat'],
  ['JW-37 sub missing', without('sub'), 'sub'],
  ['JW-37 sub empty', { ...plain, sub: '' }, 'sub'],
  ['JW-37 sub blank', { ...plain, sub: ' ' }, 'sub'],
  ['JW-37 sub a number', { ...plain, sub: 1 }, 'sub'],
  ['JW-37 sub an object', { ...plain, sub: {} }, 'sub'],
  ['JW-37 sub a list', { ...plain, sub: ['user-1'] }, 'sub'],
  [
    'JW-37 sub a number, though settings read another claim',
    { ...plain, sub: 1, oid: 'user-1' },
    'sub',
    { claims: { user_id: 'oid' } },
  ],
  [
    'JW-37 the claim that settings read is blank',
    { ...plain, oid: ' ' },
    'sub',
    { claims: { user_id: 'oid' } },
  ],
  [
    'JW-37 the claim that settings read',
    { ...plain, oid: 'user-1' },
    'accepted',
    { claims: { user_id: 'oid' } },
  ],
  ['JW-40 sub twice', `${JSON.stringify(plain).slice(0, -1)},"sub":"admin"}`, 'format'],
  [
    'HI-14 JW-41 an own __proto__',
    `${JSON.stringify(plain).slice(0, -1)},"__proto__":{"roles":["x"]}}`,
    'format',
  ],
  ['JW-42 8 kB', { ...plain, pad: 'x'.repeat(8_000) }, 'format'],
  ['JW-42 depth 10,000', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 'format'],
  ['JW-24 v5.0.0-V9.2.2 an ID token: it has a nonce', { ...plain, nonce: 'n' }, 'use'],
  ['JW-24 v5.0.0-V9.2.2 an ID token: it has at_hash', { ...plain, at_hash: 'x' }, 'use'],
  ['JW-24 v5.0.0-V9.2.2 an ID token of Keycloak', { ...plain, typ: 'ID' }, 'use'],
  ['JW-24 v5.0.0-V9.2.2 a refresh token of Keycloak', { ...plain, typ: 'Refresh' }, 'use'],
  ['JW-24 v5.0.0-V9.2.2 an ID token of Cognito', { ...plain, token_use: 'id' }, 'use'],
  ['JW-24 v5.0.0-V9.2.2 a logout token', { ...plain, events: {} }, 'use'],
  [
    'JW-24 v5.0.0-V9.2.2 for our client id and not marked as access',
    { ...plain, aud: 'test-client' },
    'aud',
  ],
  [
    '8.1 for our client id and with a scope',
    { ...plain, aud: 'test-client', scope: 'a' },
    'accepted',
  ],
  ['claims that are a list', [plain], 'format'],
]
for (const [title, claims, expected, settings] of CLAIMS) {
  test(`access token: ${title} → ${expected}`, async () => {
    assert.equal(await verdict(verify(forge(claims, { alg: 'RS256', kid }), settings)), expected)
  })
}

const ROLES: readonly (readonly [string, Json, readonly string[]])[] = [
  ['a text', { roles: 'editor' }, ['editor']],
  ['a list', { roles: ['editor', 'viewer', 'editor'] }, ['editor', 'viewer']],
  ['an object', { roles: { admin: true } }, []],
  ['a nested list', { roles: [['admin']] }, []],
  ['a role with a newline', { roles: ['editor', 'admin\n'] }, []],
  ['400 names', { roles: Array.from({ length: 400 }, (_, at) => `r${at}`) }, []],
  ['a number', { roles: 7 }, []],
  ['a claim of the prototype', {}, []],
]
for (const [title, claims, expected] of ROLES) {
  test(`JW-43 roles as ${title} → ${JSON.stringify(expected)}`, async () => {
    const settings = title.endsWith('prototype') ? { claims: { roles: 'constructor.name' } } : {}
    const { roles } = await verify(forge({ ...plain, ...claims }, { alg: 'RS256', kid }), settings)
    assert.deepEqual(roles, expected)
  })
}

test('JW-43 scopes: a text, a list, the claim scp, and nothing of an odd list', async () => {
  const scopesOf = async (claims: Json) =>
    (await verify(forge({ ...plain, ...claims }, { alg: 'RS256', kid }))).scopes
  assert.deepEqual(await scopesOf({ scope: 'read  write' }), ['read', 'write'])
  assert.deepEqual(await scopesOf({ scope: ['read', 'write'] }), ['read', 'write'])
  assert.deepEqual(await scopesOf({ scp: ['read'] }), ['read'])
  assert.deepEqual(await scopesOf({ scope: ['read', 'a"b'] }), [])
})
